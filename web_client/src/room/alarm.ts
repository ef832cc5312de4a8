/** What the hall is told of its own head count. Pure. */
import { isLoud } from "../control/alarms";
import type { RoomView } from "../protocol";

export interface HallAlarm {
  /** asked: a moderator wants persons to leave. over: nobody has seen to the alarm in time. */
  why: "asked" | "over";
  /** Those counted are above the limit; else the camera sees that many. */
  by: "count" | "camera";
  persons: number;
  limit: number;
}

/** Gone by itself once the count is back, or a moderator has seen to it. */
export function hallAlarm(room: RoomView): HallAlarm | null {
  const unheeded = room.alarms.some((alarm) => alarm.kind === "over" && isLoud(alarm));
  if (!room.reduce_asked && !unheeded) return null;
  const counted = room.count ?? 0;
  const camera = room.estimate?.persons ?? 0;
  const byCamera = counted <= room.limit && camera > room.limit;
  return {
    why: room.reduce_asked ? "asked" : "over",
    by: byCamera ? "camera" : "count",
    persons: byCamera ? camera : counted,
    limit: room.limit,
  };
}
