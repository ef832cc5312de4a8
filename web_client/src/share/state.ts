/** What is presented, and what could be. Pure: the same view gives the same. */
import type { DeviceView, PresentationView, RoomView, View } from "../protocol";

/** The slot of the down connection that holds what is presented. */
export const PRESENT = "@present";

/** What everybody sees large now; null: who speaks is large. */
export function shownPresentation({ conference, you }: View): PresentationView | null {
  const { presentation } = conference;
  if (!presentation?.live) return null;
  const comes = you.receive.some((one) => one.room === PRESENT && one.video);
  return comes ? presentation : null;
}

export interface Offer {
  room: RoomView;
  device: DeviceView;
}

/** Screens and document cameras that a moderator could show; those of the hub first. */
export function offersOf(view: View): Offer[] {
  return view.rooms.flatMap((room) => offersIn(room).map((device) => ({ room, device })));
}

export function offersIn(room: RoomView): DeviceView[] {
  return room.devices.filter(
    ({ kind, connected, waiting }) => (kind === "screen" || kind === "document") && connected && !waiting,
  );
}

/** Offers that nobody sees yet: what is presented is none any more. */
export function openOffers(view: View): Offer[] {
  return offersOf(view).filter(({ device }) => device.id !== view.conference.presentation?.device);
}

/** What the key shows: of the opened room, else the newest one. */
export function offerToShow(view: View, opened: string | null): Offer | null {
  const all = openOffers(view);
  return all.find(({ room }) => room.code === opened) ?? all.at(-1) ?? null;
}
