import { type Held, heldBack } from "../measured";
import type { RoomView } from "../protocol";
import { rests } from "../server";
import { me, view } from "../store";
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
  const held = rests(view.value, room.code) ? "server" : (planned(room) ?? heldBack(room.code));
  return { ...now, shown, held };
}

/** By the room's fallback plan, or by that of this hall, which is sent the sound of others alone. */
function planned(room: RoomView): Held | null {
  if (room.fallback?.level === "audio") return "plan";
  const wish = me.value?.receive.find((one) => one.room === room.code);
  return wish && !wish.video && room.camera ? "bandwidth" : null;
}
