import { heldBack } from "../measured";
import type { RoomView } from "../protocol";
import { rests } from "../server";
import { view } from "../store";
import type { Sight } from "./state";

/** The main device whose picture was last seen moving, by room. */
const seen = new Map<string, string | null>();

/**
 * What the media plane says of a room, with memory: once the present main camera has been
 * seen, a stall is no new beginning and its last picture is not covered.
 */
export function sightFor<T extends Omit<Sight, "shown" | "held">>(room: RoomView, now: T | null) {
  if (!now) return null;
  if (now.moving) seen.set(room.code, room.main);
  const shown = room.main !== null && seen.get(room.code) === room.main;
  return { ...now, shown, held: rests(view.value, room.code) ? "server" : heldBack(room.code) } as const;
}
