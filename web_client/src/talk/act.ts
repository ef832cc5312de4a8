/** What a key of a private line does on this page; true: it was ours. */
import { ringsHere } from "./lines";
import { answer, end, lines } from "./state";
import type { TalkAct } from "./keys";

export function talkAct(act: TalkAct): boolean {
  const [first] = lines.value;
  if (!first) return false;
  if (act === "answer") {
    const rings = lines.value.find(ringsHere);
    if (rings) answer(rings);
    return rings !== undefined;
  }
  if (act === "end") end(lines.value.find(ringsHere) ?? first);
  else document.querySelector<HTMLElement>("[data-testid=line-text]")?.focus();
  return true;
}
