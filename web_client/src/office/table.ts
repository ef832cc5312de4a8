// A conference as the editor holds it: the configuration's own table, with what is typed as text.
// Pure.

import { seconds } from "../ceremony/length";
import type { Text } from "../protocol";
import type { Fault } from "./api";

export interface RoomRow {
  code: string;
  name: string;
  short_name?: string;
  abbr?: string;
  cap?: number | string;
}

export interface ItemRow {
  kind: string;
  title: string;
  minutes: number | string;
  room?: string;
  notes?: string;
  point?: number;
  hush?: boolean;
}

export interface PactRow {
  title?: string;
  preamble?: string;
  points?: string[];
  closing?: string;
}

export interface KeepRow {
  automatic?: boolean;
  attendance_days?: number | string;
  trials_days?: number | string;
  recordings_days?: number | string;
}

export interface Table {
  id: string;
  title: string;
  timezone: string;
  timezone_label?: string;
  starts_at?: string;
  hub: RoomRow;
  rooms: RoomRow[];
  moderators: { name: string }[];
  technicians?: { name: string }[];
  rundown?: ItemRow[];
  pact?: PactRow;
  policy?: Record<string, unknown>;
  retention?: KeepRow;
  [other: string]: unknown;
}

export const KINDS = ["opening", "roll_call", "speech", "reading", "signing", "free", "closing"] as const;
export const CAP = 12;
/** Where the table says nothing, as the server has it. */
export const [ATTENDANCE_DAYS, TRIALS_DAYS, RECORDINGS_DAYS] = [90, 365, 365];

/** As the server's checker wants it: figures as numbers where they are such, else as typed, so that
 * it is told at its field. */
export function sent(table: Table): Table {
  const cap = (room: RoomRow): RoomRow => ({ ...room, cap: whole(room.cap ?? CAP) });
  return {
    ...table,
    id: table.id.trim(),
    title: table.title.trim(),
    hub: cap(table.hub),
    rooms: table.rooms.map(cap),
    ...(table.pact && { pact: { ...table.pact, points: points(table.pact.points ?? []) } }),
    ...(table.retention && { retention: keptFor(table.retention) }),
    rundown: (table.rundown ?? []).map((item) => ({ ...item, minutes: minutes(item.minutes) })),
  };
}

function whole(typed: number | string): number | string {
  const text = String(typed).trim();
  return /^-?\d{1,9}$/.test(text) ? Number(text) : text;
}

function keptFor(keep: KeepRow): KeepRow {
  return {
    ...keep,
    ...(keep.attendance_days !== undefined && { attendance_days: whole(keep.attendance_days) }),
    ...(keep.trials_days !== undefined && { trials_days: whole(keep.trials_days) }),
    ...(keep.recordings_days !== undefined && { recordings_days: whole(keep.recordings_days) }),
  };
}

/** Names go by themselves on the day of the closing. */
export function atOnce(keep: KeepRow): boolean {
  return keep.automatic === true && whole(keep.attendance_days ?? ATTENDANCE_DAYS) === 0;
}

function points(typed: readonly string[]): string[] {
  return typed.map((point) => point.trim()).filter(Boolean);
}

/** `3`, `2,5` and `2:30`. */
function minutes(typed: number | string): number | string {
  if (typeof typed === "number") return typed;
  const found = seconds(typed);
  return found === null ? typed.trim() : Math.round((found / 60) * 1e6) / 1e6;
}

/** As a person reads it: 2.5 minutes are 2:30. */
export function minutesSaid(value: number | string): string {
  if (typeof value === "string") return value;
  const all = Math.round(value * 60);
  const [full, rest] = [Math.floor(all / 60), all % 60];
  return rest ? `${full}:${String(rest).padStart(2, "0")}` : String(full);
}

/** A copy under another id; what only a rehearsal of the first one plays is left out. */
export function copied(table: Table, taken: readonly string[]): Table {
  return { ...structuredClone(table), id: freeId(table.id, taken), rehearsal: [] };
}

/** `gladi` -> `gladi-2`, or the next that is free. */
export function freeId(id: string, taken: readonly string[]): string {
  const base = id.replace(/-\d{1,3}$/, "").slice(0, 58);
  for (let n = 2; ; n += 1) {
    const tried = `${base}-${n}`;
    if (!taken.includes(tried)) return tried;
  }
}

export function newRoom(rooms: readonly RoomRow[]): RoomRow {
  return { code: "", name: "", short_name: "", abbr: "", cap: rooms.at(-1)?.cap ?? CAP };
}

export function newItem(): ItemRow {
  return { kind: "speech", title: "", minutes: "3", room: "", notes: "", point: 0, hush: false };
}

/** The list with one element elsewhere; the same list where there is no such place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list];
  const [one] = next.splice(from, 1);
  if (one === undefined || to < 0 || to >= list.length) return [...list];
  next.splice(to, 0, one);
  return next;
}

export function without<T>(list: readonly T[], place: number): T[] {
  return list.filter((_, at) => at !== place);
}

export function placed<T>(list: readonly T[], place: number, one: T): T[] {
  return list.map((old, at) => (at === place ? one : old));
}

/** A room under another code keeps its items of the rundown. */
export function recoded(table: Table, from: string, to: string): ItemRow[] {
  return (table.rundown ?? []).map((item) => (from && item.room === from ? { ...item, room: to } : item));
}

/** What is wrong, by the place of its field: `rooms.3.cap`. */
export type Faults = Record<string, Text>;

export function faultsOf(found: readonly Fault[]): Faults {
  return Object.fromEntries(found.map((one) => [one.place.join("."), one.text]));
}

/** What is still to be mended after `path` was changed: what lay at it, or under it, is not. */
export function mended(faults: Faults, path: string): Faults {
  return Object.fromEntries(
    Object.entries(faults).filter(([place]) => place !== path && !place.startsWith(`${path}.`)),
  );
}
