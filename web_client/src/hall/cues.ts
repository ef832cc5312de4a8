/** Messages of the hub that stand in the hall until somebody there has understood them. Pure. */
import type { CueView } from "../protocol";

export interface Shown {
  cue: CueView;
  /** So many more wait behind it. */
  more: number;
}

/** The oldest that waits; `seen`: those acknowledged here whose answer is on its way. */
export function shownCue(cues: readonly CueView[], seen: ReadonlySet<string>): Shown | null {
  const waiting = cues.filter((cue) => !seen.has(cue.id)).sort((a, b) => a.at - b.at);
  const [cue] = waiting;
  return cue ? { cue, more: waiting.length - 1 } : null;
}

/** One that the page has not sounded for yet. */
export function hasNews(cues: readonly CueView[], known: ReadonlySet<string>): boolean {
  return cues.some((cue) => !known.has(cue.id));
}

/** How large a text can be shown so that it still fits: the longer, the smaller. */
export type TextSize = "huge" | "large" | "plain";

export function sizeOf(text: string): TextSize {
  if (text.length <= 110) return "huge";
  return text.length <= 320 ? "large" : "plain";
}
