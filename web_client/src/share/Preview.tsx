import type { ComponentChildren } from "preact";
import { Picture } from "../components/Picture";
import { share as words } from "../i18n/share";
import { myRoom } from "../store";
import { shared, stageOfShare } from "./share";

/** What is shared, small, and how far it has come. */
export function Preview({ children }: { children: ComponentChildren }) {
  const mine = shared.value;
  const stage = stageOfShare.value;
  if (!mine || !stage) return null;
  const room = myRoom.value;
  const quiet = room !== null && !room.hub && room.fallback?.level === "audio";
  const said = { joining: words.stageJoining, offered: words.stageOffered, shown: words.stageShown }[stage];
  return (
    <div class="share-now" data-testid="sharing" data-stage={stage} data-kind={mine.kind} role="status">
      <span class="share-preview" title={words.preview}>
        <Picture stream={mine.stream} state="live" whole />
      </span>
      <p>
        <b>{mine.kind === "screen" ? words.sharingScreen : words.sharingDocument}</b>{" "}
        <span>{quiet && stage !== "shown" ? words.soundOnly : said}</span>
      </p>
      {children}
    </div>
  );
}
