/** The roll call as the desk sees it. Pure; what is proposed is as in core/rollcall.py. */
import { wall } from "../control/state";
import type { RollStatus, RoomView, View } from "../protocol";

export const STATUSES: readonly RollStatus[] = ["present", "late", "excused", "absent"];

/** What the server would mark; a room whose line is lost for the moment is here. */
export function proposedOf(room: RoomView): RollStatus {
  const here = room.main !== null && (room.presence === "joined" || room.presence === "lost");
  return here ? "present" : "absent";
}

/** What a room's key marks: as proposed, then one after the other. */
export function nextMark(room: RoomView): RollStatus {
  if (!room.roll) return proposedOf(room);
  const at = STATUSES.indexOf(room.roll.status);
  return STATUSES[(at + 1) % STATUSES.length] ?? "present";
}

/** Came late without anybody's mark. */
export function cameLate(room: RoomView): boolean {
  return room.roll?.status === "late" && room.roll.by === "";
}

export interface RollSum {
  /** Present and late ones. */
  here: number;
  absent: RoomView[];
  excused: RoomView[];
  unmarked: RoomView[];
  all: number;
}

export function rollSum(view: View): RollSum {
  const rooms = wall(view.rooms);
  const of = (status: RollStatus): RoomView[] => rooms.filter((room) => room.roll?.status === status);
  return {
    here: of("present").length + of("late").length,
    absent: of("absent"),
    excused: of("excused"),
    unmarked: rooms.filter((room) => !room.roll),
    all: rooms.length,
  };
}
