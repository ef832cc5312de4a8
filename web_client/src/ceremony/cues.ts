/** Messages of the desk, and who has read them. Pure. */
import { wall } from "../control/state";
import type { CueView, RoomView, View } from "../protocol";

/** Letters, as the server takes them. */
export const LONGEST_CUE = 300;

export interface Read {
  read: number;
  /** Halls that it is for. */
  all: number;
  missing: RoomView[];
}

/** Who has acknowledged it, of those that it is for. */
export function readOf(view: View, cue: CueView): Read {
  const rooms = wall(view.rooms).filter((room) => cue.room === null || cue.room === room.code);
  const seen = new Set(cue.seen.map((one) => one.room));
  const missing = rooms.filter((room) => !seen.has(room.code));
  return { read: rooms.length - missing.length, all: rooms.length, missing };
}

/** The newest first. */
export function listed(view: View): CueView[] {
  return [...view.conference.cues].sort((a, b) => b.at - a.at);
}
