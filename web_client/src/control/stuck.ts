// A step of the rundown that was refused: it stands until it is done, dismissed or out of date.

import { signal } from "@preact/signals";
import { hallOf, itemOf, pending } from "../ceremony/rundown";
import type { ItemView, RoomView, RundownAdvance, Text, View } from "../protocol";
import { canTakeFloor } from "./state";

export interface Stuck {
  code: string;
  text: Text;
  step: RundownAdvance;
}

export const stuck = signal<Stuck | null>(null);

/** What it is about, as things are now. */
export interface StuckNow extends Stuck {
  item: ItemView | null;
  hall: RoomView | null;
}

/** Null once it is settled: the rundown went on, or the room has come. */
export function stuckNow(view: View, now: Stuck | null): StuckNow | null {
  if (!now) return null;
  const item = now.step.item ? itemOf(view, now.step.item) : (pending(view)[0] ?? null);
  const hall = item && hallOf(view, item);
  const moved = view.conference.progress.current !== now.step.current;
  if (moved && now.code !== "rundown_moved") return null;
  if (now.code === "room_absent" && (!hall || canTakeFloor(hall))) return null;
  if (now.code === "room_over" && !hall) return null;
  return { ...now, item, hall };
}
