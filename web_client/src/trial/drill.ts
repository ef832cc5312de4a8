// What the last recovery drill (`vicon drill`) found. Pure.

import type { DrillKind, DrillView, RecoveredView } from "../protocol";

/** Longer is told as a fault, s. */
export const GOOD_S = 15;
const KINDS: readonly DrillKind[] = ["cut", "ice", "worker", "server"];

export interface DrillSum {
  /** Of all that came back, s. */
  worst: number;
  /** Codes of rooms that took too long or did not come back. */
  bad: string[];
}

export function isGood({ seconds }: RecoveredView): boolean {
  return seconds !== null && seconds <= GOOD_S;
}

export function sumOf(drill: DrillView): DrillSum {
  const bad = drill.found.filter((one) => !isGood(one)).map((one) => one.room);
  return {
    worst: Math.max(0, ...drill.found.map((one) => one.seconds ?? 0)),
    bad: [...new Set(bad)],
  };
}

/** Of a room, in the order of the drills. */
export function ofRoom(drill: DrillView | null, room: string): RecoveredView[] {
  const found = drill?.found.filter((one) => one.room === room) ?? [];
  return found.sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
}
