/** Keys of the technician's page. Pure. */
import type { Focus, KeyPress } from "../control/keys";

export type DeskKey = "test" | "sweep" | "back" | "up" | "down";

const keys: Record<string, DeskKey> = {
  u: "test",
  s: "sweep",
  escape: "back",
  arrowup: "up",
  arrowdown: "down",
};

/** Nothing while typing or in a dialogue; arrows may be held, letters act once. */
export function deskKey(press: KeyPress, focus: Focus): DeskKey | null {
  if (press.ctrlKey || press.altKey || press.metaKey) return null;
  if (focus === "dialog" || focus === "typing") return null;
  const act = keys[press.key.toLowerCase()] ?? null;
  return press.repeat && act !== "up" && act !== "down" ? null : act;
}

/** The code above or below; the first or last stays. */
export function neighbour(codes: readonly string[], from: string | null, step: 1 | -1): string | null {
  const at = from === null ? -1 : codes.indexOf(from);
  if (at < 0) return codes[0] ?? null;
  return codes[Math.min(codes.length - 1, Math.max(0, at + step))] ?? null;
}
