// What a room's camera shows, in words, and where its figure comes from.

import { count } from "../i18n/count";
import type { RoomView } from "../protocol";

type Seen = Pick<RoomView, "counted" | "estimate">;

/** `kira-kira 9`, or why nothing is known; null where cameras are not looked at. */
export function estimateWord({ counted, estimate }: Seen): string | null {
  if (!counted) return count.switchedOff;
  if (!estimate) return null;
  const { persons, quality } = estimate;
  if (persons !== null) return quality === "crowded" ? count.crowded(persons) : count.about(persons);
  return quality === "ok" || quality === "crowded" ? count.stale : count[quality];
}

/** `Angka operator 9, perangkat pendamping 1, kamera kira-kira 9.` */
export function sourcesOf(room: Seen & Pick<RoomView, "tally" | "count">): string {
  const tally = room.tally === null ? count.notCounted : String(room.tally);
  const seen = estimateWord(room);
  const parts = [
    count.tally(tally),
    count.companions((room.count ?? 0) - (room.tally ?? 0)),
    ...(seen === null ? [] : [count.byCamera(seen)]),
  ];
  return `${parts.join(", ")}.`;
}
