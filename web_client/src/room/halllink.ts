// A hall's link in the hands of the desks: whether it is for one browser, and the next one let in.

import { ask, good } from "../http";

/** Times are Unix ms. */
export interface HallLink {
  /** It is for one browser. */
  once: boolean;
  used_at: number | null;
  devices: number;
  /** Until when another browser may come in place of the first. */
  until: number | null;
}

/** All below reject with what http.isTrouble knows. */
export function hallLink(conference: string, room: string): Promise<HallLink> {
  return call(conference, room, "", {});
}

/** `on`: the next browser has it; else the first one keeps it after all. */
export function letDeviceIn(conference: string, room: string, on: boolean): Promise<HallLink> {
  return call(conference, room, on ? "/release" : "/hold", { method: "POST" });
}

async function call(conference: string, room: string, act: string, more: RequestInit): Promise<HallLink> {
  const [id, code] = [conference, room].map(encodeURIComponent);
  const answer = await ask(`/api/v1/conferences/${id}/rooms/${code}/link${act}`, more);
  return (await good(answer)).json() as Promise<HallLink>;
}
