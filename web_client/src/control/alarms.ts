/** The head count's alarms as the desk sees them. Pure. */
import type { AlarmKind, CountAlarmView, RoomView, View } from "../protocol";
import { isOpen } from "./state";

/** What a dialogue of the desk is about. */
export type Asking =
  | { what: "mark"; code: string; kind: AlarmKind }
  | { what: "allow"; code: string };
export type Ask = (asking: Asking) => void;

export interface RoomAlarm {
  room: RoomView;
  alarm: CountAlarmView;
}

/** It is still so. */
export function stands(alarm: CountAlarmView): boolean {
  return alarm.ended_at === null;
}

/** Nobody has marked it, though it may be over. */
export function isOpenAlarm(alarm: CountAlarmView): boolean {
  return alarm.by === "";
}

/** Sounds, and is shown across the control room: it stands, and nobody has seen to it in time. */
export function isLoud(alarm: CountAlarmView): boolean {
  return alarm.escalated && stands(alarm) && isOpenAlarm(alarm);
}

/**
 * Of all rooms, the hub too; none once the session is over. The most pressing first: loud, then
 * standing, then ended, then marked; the oldest first.
 */
export function alarmsOf(view: View): RoomAlarm[] {
  if (!isOpen(view.conference.phase)) return [];
  const all = view.rooms.flatMap((room) => room.alarms.map((alarm) => ({ room, alarm })));
  return all.sort((a, b) => rank(a.alarm) - rank(b.alarm) || a.alarm.raised_at - b.alarm.raised_at);
}

function rank(alarm: CountAlarmView): number {
  if (!isOpenAlarm(alarm)) return 3;
  if (isLoud(alarm)) return 0;
  return stands(alarm) ? 1 : 2;
}

/** The one that the desk's keys are about; null: none is open. */
export function topAlarm(view: View): RoomAlarm | null {
  const first = alarmsOf(view)[0];
  return first && isOpenAlarm(first.alarm) ? first : null;
}

export function loudAlarms(view: View): RoomAlarm[] {
  return alarmsOf(view).filter(({ alarm }) => isLoud(alarm));
}

/** Tells one alarm from the next of the same room and kind. */
export function alarmKey({ room, alarm }: RoomAlarm): string {
  return `${room.code} ${alarm.kind} ${alarm.raised_at}`;
}

export function sameAlarm(a: RoomAlarm | null, b: RoomAlarm): boolean {
  return a !== null && alarmKey(a) === alarmKey(b);
}

export function alarmNow(view: View, code: string, kind: AlarmKind): RoomAlarm | null {
  const room = view.rooms.find((one) => one.code === code);
  const alarm = room?.alarms.find((one) => one.kind === kind);
  return room && alarm ? { room, alarm } : null;
}

/** Of a standing alarm as things are now; of one that is over as they were when it began. */
export interface AlarmFigures {
  counted: number | null;
  camera: number | null;
  limit: number;
}

export function figuresOf({ room, alarm }: RoomAlarm): AlarmFigures {
  if (!stands(alarm)) {
    return { counted: alarm.persons, camera: alarm.camera, limit: alarm.limit };
  }
  return { counted: room.count, camera: room.estimate?.persons ?? null, limit: room.limit };
}

/** How many are there, by whoever sees more. */
export function mostOf({ counted, camera }: AlarmFigures): number {
  return Math.max(counted ?? 0, camera ?? 0);
}
