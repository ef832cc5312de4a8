/** The pact as the desk sees it: who can sign, who has. Pure. */
import { wall } from "../control/state";
import type { RoomView, View } from "../protocol";

/** `none`: nobody is named to sign; `unready`: somebody is not ready, or there is no witness. */
export type SignState = "none" | "unready" | "ready" | "signed";

export function signState(room: RoomView): SignState {
  if (room.complete) return "signed";
  if (room.signatories.length === 0) return "none";
  const ready = room.signatories.every((one) => one.ready || one.signature !== null);
  return ready && room.witnesses.length > 0 ? "ready" : "unready";
}

/** A signature stands: the text is not changed any more. */
export function isSigned(view: View): boolean {
  return wall(view.rooms).some((room) => room.signatories.some((one) => one.signature !== null));
}

/** Points of a text: paragraphs, one after each empty line; a number in front is taken away. */
export function pointsOf(text: string): string[] {
  return text
    .split(/\n\s*\n/)
    .map((part) => part.trim().replace(/\s*\n\s*/g, " ").replace(/^\d{1,2}[.)]\s+/, ""))
    .filter(Boolean);
}

/** The other way: as it is edited. */
export function pointsText(points: readonly string[]): string {
  return points.map((point, i) => `${i + 1}. ${point}`).join("\n\n");
}
