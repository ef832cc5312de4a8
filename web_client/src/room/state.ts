/** What the hall's page says and offers, from the view. Pure: the same view gives the same words. */
import type { RoomView, View } from "../protocol";

export type Stage =
  | "before"
  | "waiting"
  | "live"
  | "next"
  | "onair"
  | "reconnecting"
  | "closed";

export interface Standing {
  view: View;
  /** The link has been away long enough to be said. */
  away: boolean;
  /** This tab was in the room and wants to be there again. */
  staying: boolean;
}

/** `live` is every ordinary moment in the room, the lobby included. */
export function stageOf({ view, away, staying }: Standing): Stage {
  const { conference, you } = view;
  if (conference.phase === "closed") return "closed";
  if (!you.device) return staying ? "reconnecting" : "before";
  if (away) return "reconnecting";
  if (you.device.waiting) return "waiting";
  if (conference.floor !== null && conference.floor === you.room) return "onair";
  return conference.next !== null && conference.next === you.room ? "next" : "live";
}

/** The room whose picture is large: who speaks, and for the speaker the hub. */
export function largeRoom(view: View): RoomView | null {
  const { conference, you } = view;
  const code = conference.floor ?? conference.hub;
  return find(view, code === you.room ? conference.hub : code);
}

/** The hub in the corner while another hall speaks. */
export function insetRoom(view: View): RoomView | null {
  const large = largeRoom(view);
  return large?.hub ? null : find(view, view.conference.hub);
}

/** The other halls, each always in its place. */
export function otherRooms(view: View): RoomView[] {
  return view.rooms.filter((room) => !room.hub && room.code !== view.you.room);
}

export function ownRoom(view: View): RoomView | null {
  return view.you.room === null ? null : find(view, view.you.room);
}

function find(view: View, code: string): RoomView | null {
  return view.rooms.find((room) => room.code === code) ?? null;
}

/** Place in the order of the floor, from 1; null: not in it. */
export function turnOf(view: View): number | null {
  const at = view.you.room === null ? -1 : view.conference.floor_order.indexOf(view.you.room);
  return at < 0 ? null : at + 1;
}

export type MicButton = "on" | "off" | "locked" | "asked";

/** The room's microphone as its button shows it. */
export function micButton(room: RoomView): MicButton {
  if (room.mic_asked && room.mic !== "on") return "asked";
  return room.mic;
}

/** What the status line talks about, the most pressing first. */
export type Topic =
  | "waiting"
  | "untried"
  | "onair"
  | "next"
  | "asked"
  | "hand"
  | "opening"
  | "locked"
  | "micOn"
  | "micOff";

export function topicOf(stage: Stage, view: View, room: RoomView): Topic {
  if (stage === "waiting" && heldAtGate(view, room)) return "untried";
  if (stage === "waiting" || stage === "onair") return stage;
  if (micButton(room) === "asked") return "asked";
  if (stage === "next") return "next";
  if (room.hand !== null) return "hand";
  if (view.conference.phase === "lobby") return "opening";
  if (room.mic === "locked") return "locked";
  return room.mic === "on" ? "micOn" : "micOff";
}

/** The gate holds the main camera of a room whose trial failed or never was. */
function heldAtGate(view: View, room: RoomView): boolean {
  const { state } = room.readiness;
  const main = view.you.device?.kind === "main";
  return view.conference.gate && main && (state === "untested" || state === "not_ready");
}

export type MainCamera = "none" | "connected" | "lost";

/** Whether somebody holds the place of the main camera. */
export function mainCamera(room: RoomView): MainCamera {
  if (room.main === null) return "none";
  const device = room.devices.find((one) => one.id === room.main);
  const connected = device ? device.connected : room.presence !== "lost";
  return connected ? "connected" : "lost";
}

export type KeyAct = "mic" | "camera" | "hand" | "list" | "more" | "fewer";

const keys: Record<string, KeyAct> = {
  m: "mic",
  v: "camera",
  h: "hand",
  d: "list",
  "+": "more",
  "=": "more",
  "-": "fewer",
};

/** The keys of the page; none while typing, held down, or meant for the browser. */
export function keyAct(event: {
  key: string;
  repeat: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}): KeyAct | null {
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) return null;
  return keys[event.key.toLowerCase()] ?? null;
}
