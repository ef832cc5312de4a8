/** What the large button, N and Z would do now. Pure: the button says it before it happens. */
import { hallOf, hasRundown, isOver, pending } from "../ceremony/rundown";
import type { CommandBody, ItemView, RoomView, View } from "../protocol";
import { canTakeFloor, followingPresent, isOpen } from "./state";

export type Primary =
  | { kind: "open"; body: CommandBody }
  | { kind: "start"; body: CommandBody }
  /** Lanjut by the rundown; `here`: its room can take the floor, else the server says why not. */
  | { kind: "item"; item: ItemView; here: boolean; body: CommandBody }
  /** The last item ends. */
  | { kind: "finish"; body: CommandBody }
  /** `body` is null while the room cannot take the floor. */
  | { kind: "next"; room: RoomView; body: CommandBody | null }
  | { kind: "nobody" }
  | { kind: "closed" };

export function primaryAct(view: View): Primary {
  switch (view.conference.phase) {
    case "draft":
      return { kind: "open", body: { type: "phase.set", phase: "lobby" } };
    case "lobby":
      return { kind: "start", body: { type: "phase.set", phase: "live" } };
    case "closed":
      return { kind: "closed" };
    case "live":
      return hasRundown(view) && !isOver(view) ? itemAct(view) : nextAct(view);
  }
}

/** It carries what is shown as current: of two moderators who press at once one is refused. */
function itemAct(view: View): Primary {
  const body: CommandBody = { type: "rundown.advance", current: view.conference.progress.current };
  const item = pending(view)[0];
  if (!item) return { kind: "finish", body };
  const hall = hallOf(view, item);
  return { kind: "item", item, here: hall === null || canTakeFloor(hall), body };
}

function nextAct(view: View): Primary {
  const room = nextRoom(view);
  if (!room) return { kind: "nobody" };
  return { kind: "next", room, body: giveTo(room) };
}

function giveTo(room: RoomView): CommandBody | null {
  return canTakeFloor(room) ? { type: "floor.give", room: room.code } : null;
}

/** The room that was cued, else the first present one after the room on air; null: none. */
export function nextRoom(view: View): RoomView | null {
  const { next, floor } = view.conference;
  const cued = view.rooms.find((room) => room.code === next);
  return cued ?? followingPresent(view.rooms, floor, floor);
}

export type Show =
  | { kind: "show"; room: RoomView; body: CommandBody }
  /** The cued room cannot take the floor: cue the one after it. */
  | { kind: "skip"; from: RoomView; to: RoomView; body: CommandBody }
  | { kind: "none"; room: RoomView | null };

/** N: the next room on air, or past a room that is not there. */
export function showAct(view: View): Show {
  const room = nextRoom(view);
  if (!room || !isOpen(view.conference.phase)) return { kind: "none", room };
  const body = giveTo(room);
  if (body) return { kind: "show", room, body };
  const to = followingPresent(view.rooms, room.code, view.conference.floor);
  if (!to) return { kind: "none", room };
  return { kind: "skip", from: room, to, body: { type: "floor.cue", room: to.code } };
}

export interface Undo {
  /** In which it can still be done; 0: there is nothing to take back. */
  seconds: number;
  body: CommandBody;
}

/** Z: the last step of the rundown with its floor, or a change of the floor that came after it. */
export function undoAct({ conference }: View, now: number): Undo {
  const step = conference.progress.undo_until;
  const floor = conference.undo_until;
  if (step !== null && step > now && (floor === null || step >= floor)) {
    return { seconds: undoSeconds(step, now), body: { type: "rundown.undo" } };
  }
  return { seconds: undoSeconds(floor, now), body: { type: "floor.undo" } };
}

/** Whole seconds in which the floor's last change can still be taken back; 0: none. */
export function undoSeconds(undoUntil: number | null, now: number): number {
  if (undoUntil === null) return 0;
  return Math.max(0, Math.ceil((undoUntil - now) / 1000));
}
