/** Where the signing of this hall stands, and what still keeps a person from signing. Pure. */
import type { RoomView, SignatoryView, View } from "../protocol";
import { isDrawn, type Line } from "./strokes";

/** Signed, of those who sign for the room. */
export function ownPart(room: RoomView): { signed: number; of: number } {
  const signed = room.signatories.filter((one) => one.signature !== null).length;
  return { signed, of: room.signatories.length };
}

/** The next thing to do in this hall is to sign. */
export function isSigningTime({ conference, pact }: View, room: RoomView): boolean {
  return pact !== null && conference.signing.open && room.signatories.length > 0 && !room.complete;
}

/** How a person signs: on the pad, or, who uses none, by typing the own name and being sure. */
export type Mark =
  | { by: "pad"; lines: readonly Line[] }
  | { by: "keyboard"; name: string; sure: boolean };

export type Obstacle =
  | "gone"
  | "signed"
  | "closed"
  | "noWitness"
  | "changed"
  | "unread"
  | "empty"
  | "otherName"
  | "unsure";

export interface Attempt {
  view: View;
  room: RoomView;
  person: string;
  /** Hash of the text that the person agreed to; null: not yet. */
  read: string | null;
  mark: Mark;
}

/** The first of what keeps the person from signing; null: nothing does. */
export function obstacleOf({ view, room, person, read, mark }: Attempt): Obstacle | null {
  const who = signatoryOf(room, person);
  if (!who) return "gone";
  if (who.signature !== null) return "signed";
  if (!view.pact || !view.conference.signing.open) return "closed";
  if (room.witnesses.length === 0) return "noWitness";
  if (read === null) return "unread";
  if (read !== view.pact.hash) return "changed";
  if (mark.by === "pad") return isDrawn(mark.lines) ? null : "empty";
  if (!isSameName(mark.name, who.name)) return "otherName";
  return mark.sure ? null : "unsure";
}

/** As the server compares them: capitals and spaces make no other person. */
export function isSameName(typed: string, name: string): boolean {
  return folded(typed) === folded(name);
}

function folded(name: string): string {
  return name.trim().replace(/\s+/g, " ").toLowerCase();
}

export function signatoryOf(room: RoomView, person: string): SignatoryView | null {
  return room.signatories.find((one) => one.id === person) ?? null;
}

/** Enough of a hash to compare it by eye: `a1b2 c3d4 e5f6`. */
export function shortHash(hash: string): string {
  return (hash.slice(0, 12).match(/.{1,4}/g) ?? []).join(" ");
}

/** `Ani, Budi dan Citra`; `and`: the last comma's word. */
export function listed(names: readonly string[], and: string): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} ${and} ${last}`;
}
