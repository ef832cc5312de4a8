/** The tab "Peristiwa": what the state asks the moderator to do. Tasks, not a log. */
import { excused } from "../components/count";
import type { DeviceView, RoomView, View } from "../protocol";
import { wall } from "./state";

export type Task =
  | { kind: "waiting"; room: RoomView; device: DeviceView }
  | { kind: "over"; room: RoomView; by: number }
  | { kind: "lost"; room: RoomView; since: number | null }
  | { kind: "hand"; room: RoomView; place: number }
  | { kind: "full"; room: RoomView }
  | { kind: "asked"; room: RoomView };

/** People at the door first, then what breaks a rule, what broke, who asks, what to know. */
export function tasksOf(view: View): Task[] {
  const rooms = wall(view.rooms);
  return [
    ...view.rooms.flatMap(waiting),
    ...rooms.flatMap(over),
    ...rooms.flatMap(lost),
    ...hands(view),
    ...rooms.flatMap(full),
    ...rooms.flatMap(asked),
  ];
}

/** Tasks that wait for an act; the others are only good to know. */
export function isUrgent(task: Task): boolean {
  return task.kind !== "full" && task.kind !== "asked";
}

export function taskKey(task: Task): string {
  const device = task.kind === "waiting" ? task.device.id : "";
  return `${task.kind}:${task.room.code}:${device}`;
}

function waiting(room: RoomView): Task[] {
  return room.devices.filter((d) => d.waiting).map((device) => ({ kind: "waiting", room, device }));
}

function over(room: RoomView): Task[] {
  if (room.count_state !== "over" || excused(room) || room.count === null) return [];
  return [{ kind: "over", room, by: room.count - room.cap }];
}

function lost(room: RoomView): Task[] {
  return room.presence === "lost" ? [{ kind: "lost", room, since: room.lost_since }] : [];
}

function hands(view: View): Task[] {
  return view.conference.hands.flatMap((code, i): Task[] => {
    const room = view.rooms.find((r) => r.code === code);
    return room ? [{ kind: "hand", room, place: i + 1 }] : [];
  });
}

function full(room: RoomView): Task[] {
  return room.count_state === "full" ? [{ kind: "full", room }] : [];
}

function asked(room: RoomView): Task[] {
  return room.mic_asked ? [{ kind: "asked", room }] : [];
}
