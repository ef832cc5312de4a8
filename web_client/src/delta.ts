// How a view grows by deltas. Pure.

import type { Delta, RoomView, View } from "./protocol";

/** The view after a delta: changed parts come whole, the rest stays the same object. */
export function applyDelta(view: View, delta: Delta): View {
  return {
    conference: delta.conference ?? view.conference,
    rundown: delta.rundown ?? view.rundown,
    pact: delta.pact ?? view.pact,
    rooms: delta.rooms.length ? mergeRooms(view.rooms, delta.rooms) : view.rooms,
    you: delta.you ?? view.you,
  };
}

function mergeRooms(rooms: RoomView[], changed: RoomView[]): RoomView[] {
  const fresh = new Map(changed.map((room) => [room.code, room]));
  const merged = rooms.map((room) => fresh.get(room.code) ?? room);
  const known = new Set(rooms.map((room) => room.code));
  return [...merged, ...changed.filter((room) => !known.has(room.code))];
}
