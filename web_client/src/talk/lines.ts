/** Private lines and announcements, from the view. Pure: the same view gives the same words. */
import type { LineSide, PrivateLineView, RoomView, View } from "../protocol";

/** Slots of the down connection beside those of the rooms are named so. */
export function isBeside(slot: string): boolean {
  return slot.startsWith("@");
}

/** A line of which this page is one end. */
export interface OwnLine {
  line: PrivateLineView;
  side: LineSide;
  /** Who is called; null: the technicians. */
  room: RoomView | null;
  /** This very device speaks and hears on it. */
  here: boolean;
}

/** Which end this page was of lines that it has seen, by their ids. */
export type Known = ReadonlyMap<string, LineSide>;
const NONE: Known = new Map();

/** Those that stand, and those of `known` that have ended: a technician's page has left by then. */
export function ownLines(view: View, known: Known = NONE): OwnLine[] {
  const all: [PrivateLineView | null, RoomView | null][] = [
    ...view.rooms.map((room): [PrivateLineView | null, RoomView] => [room.line, room]),
    [view.conference.line, null],
  ];
  return all.flatMap(([line, room]) => {
    const side = line?.ended === null ? sideOf(view, line, room) : known.get(line?.id ?? "");
    if (!line || !side) return [];
    const own: OwnLine = { line, side, room, here: isHere(view, line, side) };
    return room === null && isElsewhere(own) ? [] : [own];
  });
}

function sideOf({ you }: View, line: PrivateLineView, room: RoomView | null): LineSide | null {
  if (you.device && line.caller === you.device.id) return "caller";
  if (room === null) return you.role === "technician" ? "called" : null;
  const stands = you.role === "operator" || you.role === "moderator";
  return stands && you.room === room.code ? "called" : null;
}

function isHere({ you }: View, line: PrivateLineView, side: LineSide): boolean {
  return line.voice === "on" && (side === "caller" || line.answerer === you.device?.id);
}

/** Answered on another page: what is said there is said there. */
export function isElsewhere({ line, side, here }: OwnLine): boolean {
  return side === "called" && line.voice === "on" && !here;
}

/** It rings at this page. */
export function ringsHere({ line, side }: OwnLine): boolean {
  return side === "called" && line.voice === "ringing";
}

/** The programme is played softly: somebody speaks above it. */
export function isDucked(view: View): boolean {
  const { announcement } = view.conference;
  const hears = view.you.role === "operator" && view.you.device !== null;
  return (announcement !== null && hears) || ownLines(view).some((own) => own.here);
}

/** The room's own microphone speaks on a line, and into no programme meanwhile. */
export function isHeld(room: RoomView): boolean {
  return room.line?.voice === "on" && room.line.answerer === room.main;
}

const RINGS_S = 30;

/** Whole seconds until it stops to ring; the page's clock may be a second behind. */
export function ringsFor(line: PrivateLineView, now: number): number {
  const left = Math.ceil(((line.rings_until ?? now) - now) / 1000);
  return Math.min(RINGS_S, Math.max(0, left));
}

/** Why a room cannot be called now, as a name of the words; null: it can. */
export type CallBlock = "busy" | "own" | "air" | "away" | null;

export function callBlock(view: View, room: RoomView | null): CallBlock {
  const line = room ? room.line : view.conference.line;
  const own = ownLines(view).find((one) => one.side === "caller" || one.here);
  if (own) return "own";
  if (line && line.ended === null) return "busy";
  if (!room) return null;
  const { floor, beside } = view.conference;
  if (!room.hub && (room.code === floor || room.code === beside)) return "air";
  return room.devices.some((one) => one.connected && !one.waiting && one.kind !== "document") ? null : "away";
}
