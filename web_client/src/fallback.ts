// What a hall's fallback plan says, in words: on a tile, in the hall. Pure but for the language.

import { decimal } from "./format";
import { lang } from "./i18n";
import { levels, plan as words } from "./i18n/fallback";
import type { FallbackView, RoomView, TroubleView } from "./protocol";

/** So long the hall is told that its picture is back, ms. */
export const BACK_MS = 10_000;

/** "paket hilang 12 % (unggah)" */
export function reasonSaid({ why, side, value }: TroubleView): string {
  const way = side === "up" ? words.up : words.down;
  const figure = decimal(value, 0, lang.value);
  switch (why) {
    case "loss":
      return words.loss(way, figure);
    case "rtt":
      return words.rtt(figure);
    case "rate":
      return words.rate(way, figure);
    case "cpu":
      return words.cpu(figure);
  }
}

export interface Plate {
  said: string;
  pinned: boolean;
}

/**
 * What stands on a picture of the hall; null while there is nothing to say. That a picture is
 * smaller concerns those who are told why.
 */
export function plateOf({ fallback, presence }: RoomView): Plate | null {
  if (!fallback || presence !== "joined") return null;
  const { level, pinned, trouble } = fallback;
  if (pinned) return level === "720p" ? null : { said: words.platePinned(levels[level]), pinned };
  if (trouble) return { said: words.plate(reasonSaid(trouble), levels[level]), pinned };
  if (level !== "audio") return null;
  return { said: fallback.ceiling === "audio" ? words.plateTrial : levels.audio, pinned };
}

/** Below its ceiling, or otherwise than its line would have it. */
export function isMoved({ level, ceiling }: FallbackView): boolean {
  return level !== ceiling;
}

export interface Notice {
  title: string;
  /** What to do; empty: nothing. */
  sub: string;
  good: boolean;
}

/** What the hall itself reads; null while all is as planned. `now`: Unix ms. */
export function noticeOf({ fallback }: RoomView, now: number): Notice | null {
  if (!fallback) return null;
  const { level, pinned, trouble } = fallback;
  const sound = level === "audio";
  if (pinned) {
    if (level === "720p") return null;
    const title = sound ? words.hallPinnedSound : words.hallPinned;
    return { title, sub: words.doPinned, good: false };
  }
  if (trouble) {
    const why = reasonSaid(trouble);
    const title = sound ? words.hallSound(why) : words.hallSmaller(why);
    return { title, sub: trouble.why === "cpu" ? words.doCpu : words.doLine, good: false };
  }
  if (sound) return { title: words.hallTrial, sub: words.doTrial, good: false };
  const back = fallback.since !== null && now - fallback.since < BACK_MS;
  return back ? { title: words.hallBack(levels[level]), sub: "", good: true } : null;
}
