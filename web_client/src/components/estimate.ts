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

type Sourced = Seen & Pick<RoomView, "tally" | "declared" | "checked_in" | "attendance">;

/**
 * Where a room's figure comes from, in three short lines: `operator 9 + perangkat 1`,
 * `daftar hadir 8`, `kamera kira-kira 9`.
 */
export function sourcesOf(room: Sourced): string[] {
  const others = companions(room);
  const declared = [count.tallyShort(room.tally), others && count.companionsShort(others)];
  return [declared.filter(Boolean).join(" + "), count.listed(listed(room)), ...byCamera(room)];
}

/** The same as a sentence. */
export function sourcesSaid(room: Sourced): string {
  const tally = room.tally === null ? count.notCounted : String(room.tally);
  const others = companions(room);
  const parts = [
    count.tally(tally),
    others > 0 && count.companions(others),
    count.listed(listed(room)),
    ...byCamera(room),
  ];
  return `${parts.filter(Boolean).join(", ")}.`;
}

/** Persons whom devices stand for. */
export function companions({ tally, declared }: Pick<RoomView, "tally" | "declared">): number {
  return (declared ?? 0) - (tally ?? 0);
}

/** Checked in and still there; null where nobody ever was entered on the list. */
function listed({ checked_in, attendance }: Sourced): number | null {
  return checked_in === 0 && attendance.length === 0 ? null : checked_in;
}

function byCamera(room: Seen): string[] {
  const seen = estimateWord(room);
  return seen === null ? [] : [count.byCamera(seen)];
}
