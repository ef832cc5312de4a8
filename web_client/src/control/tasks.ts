/** The tab "Peristiwa": what the state asks the moderator to do. Tasks, not a log. */
import { onAir } from "../broadcast";
import { excused } from "../components/count";
import type { BroadcastCause, CountAlarmView, DeviceView, HelpView, RecordingCause, RoomView, View } from "../protocol";
import { broken, running } from "../recording";
import { openOffers } from "../share/state";
import { alarmsOf, isOpenAlarm, stands } from "./alarms";
import { wall } from "./state";

export type Task =
  | { kind: "waiting"; room: RoomView; device: DeviceView }
  | { kind: "help"; room: RoomView; help: HelpView }
  | { kind: "alarm"; room: RoomView; alarm: CountAlarmView }
  | { kind: "over"; room: RoomView; by: number }
  | { kind: "lost"; room: RoomView; since: number | null }
  /** A screen or documents that nobody sees yet. */
  | { kind: "offer"; room: RoomView; device: DeviceView }
  | { kind: "hand"; room: RoomView; place: number }
  | { kind: "full"; room: RoomView }
  | { kind: "asked"; room: RoomView }
  /** Of one room; of the hub, where it is the whole recording. */
  | { kind: "recording"; room: RoomView; since: number; cause: RecordingCause | "interrupted" | "broken" }
  /** Of the hub. */
  | { kind: "broadcast"; room: RoomView; since: number; cause: BroadcastCause | "interrupted" };

/** `now`: the server's ms, by which an old end of a recording is no task any more. People at the door and who calls for help first, then what breaks a rule, what broke, who asks, what to know. */
export function tasksOf(view: View, now = 0): Task[] {
  const rooms = wall(view.rooms);
  const alarms = alarmsOf(view).map((one): Task => ({ kind: "alarm", ...one }));
  return [
    ...view.rooms.flatMap(waiting),
    ...view.rooms.flatMap(helps),
    ...alarms.filter(isUrgent),
    ...recordings(view, now),
    ...broadcasts(view),
    ...rooms.flatMap(over),
    ...rooms.flatMap(lost),
    ...openOffers(view).map((one): Task => ({ kind: "offer", ...one })),
    ...hands(view),
    ...alarms.filter((one) => !isUrgent(one)),
    ...rooms.flatMap(full),
    ...rooms.flatMap(asked),
  ];
}

/** Tasks that wait for an act; the others are only good to know. */
export function isUrgent(task: Task): boolean {
  if (task.kind === "alarm") return isOpenAlarm(task.alarm);
  return task.kind !== "full" && task.kind !== "asked";
}

export function taskKey(task: Task): string {
  return `${task.kind}:${task.room.code}:${which(task)}`;
}

/** Of several tasks of one kind in a room. */
function which(task: Task): string {
  if (task.kind === "waiting" || task.kind === "offer") return task.device.id;
  if (task.kind === "recording" || task.kind === "broadcast") return task.cause;
  return task.kind === "alarm" ? task.alarm.kind : "";
}

function recordings({ conference, rooms }: View, now: number): Task[] {
  const hub = rooms.find((room) => room.hub);
  const all: Task[] = [];
  const failed = broken(conference, now);
  if (failed && hub) all.push({ kind: "recording", room: hub, since: failed.ended_at ?? now, cause: "broken" });
  const runs = running(conference);
  if (!runs) return all;
  if (runs.interrupted_at !== null && hub) {
    all.push({ kind: "recording", room: hub, since: runs.interrupted_at, cause: "interrupted" });
  }
  for (const { room: code, cause, since } of runs.alarms) {
    const room = rooms.find((one) => one.code === code);
    if (room) all.push({ kind: "recording", room, since, cause });
  }
  return all;
}

function broadcasts({ conference, rooms }: View): Task[] {
  const room = rooms.find(({ hub }) => hub);
  const now = onAir(conference);
  if (!room || !now) return [];
  const all = now.alarms.map(({ cause, since }): Task => ({ kind: "broadcast", room, since, cause }));
  if (now.interrupted_at === null) return all;
  return [{ kind: "broadcast", room, since: now.interrupted_at, cause: "interrupted" }, ...all];
}

function waiting(room: RoomView): Task[] {
  return room.devices.filter((d) => d.waiting).map((device) => ({ kind: "waiting", room, device }));
}

function helps(room: RoomView): Task[] {
  return room.help ? [{ kind: "help", room, help: room.help }] : [];
}

/** Until the server has an alarm of it: a guest who only looks in is none. */
function over(room: RoomView): Task[] {
  if (room.alarms.some((alarm) => alarm.kind === "over" && stands(alarm))) return [];
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
