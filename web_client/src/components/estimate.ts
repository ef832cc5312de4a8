// What a room's camera shows, in words, and where its figure comes from.

import { count } from "../i18n/count";
import type { RoomView } from "../protocol";
import type { CountTone } from "./count";

type Seen = Pick<RoomView, "counted" | "estimate">;

/** `kira-kira 9`, or why nothing is known; null where cameras are not looked at. */
export function estimateWord({ counted, estimate }: Seen): string | null {
  if (!counted) return count.switchedOff;
  if (!estimate) return null;
  const { persons, quality } = estimate;
  if (persons !== null) return quality === "crowded" ? count.crowded(persons) : count.about(persons);
  return quality === "ok" || quality === "crowded" ? count.stale : count[quality];
}

/** As the tally's tone: near from one below the cap on, over above it. */
export function estimateTone({ estimate, cap }: Pick<RoomView, "estimate" | "cap">): CountTone {
  const persons = estimate?.persons ?? 0;
  return persons > cap ? "over" : persons >= cap - 1 ? "near" : "plain";
}

type Sourced = Seen & Pick<RoomView, "tally" | "count">;

/** Where a room's figure comes from, for a narrow place: `operator 9`, `kamera kira-kira 9`. */
export function sourcesOf(room: Sourced): string[] {
  return [count.tallyShort(room.tally), count.companionsShort(companions(room)), ...byCamera(room)];
}

/** The same as a sentence. */
export function sourcesSaid(room: Sourced): string {
  const tally = room.tally === null ? count.notCounted : String(room.tally);
  const parts = [count.tally(tally), count.companions(companions(room)), ...byCamera(room)];
  return `${parts.join(", ")}.`;
}

function companions({ tally, count: persons }: Sourced): number {
  return (persons ?? 0) - (tally ?? 0);
}

function byCamera(room: Seen): string[] {
  const seen = estimateWord(room);
  return seen === null ? [] : [count.byCamera(seen)];
}
