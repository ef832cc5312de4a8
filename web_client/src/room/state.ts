/** What the hall's page says and offers, from the view. Pure: the same view gives the same words. */
import type { RoomView, View } from "../protocol";
import { type TalkAct, talkKey } from "../talk/keys";

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
  if (!conference.black && isOnStage(view, you.room)) return "onair";
  return conference.next !== null && conference.next === you.room ? "next" : "live";
}

/** Has the floor, or is on air beside who has it. The hub is no hall. */
export function isOnStage({ conference }: View, code: string | null): boolean {
  return code !== null && (code === conference.floor || code === conference.beside);
}

/** The room that everybody looks at: the hub alone, a pinned one, who speaks. */
export function programmeCode({ conference }: View): string {
  if (conference.black) return conference.hub;
  return conference.pinned ?? conference.floor ?? conference.hub;
}

/** The room whose picture is large; in that room itself the hub is. */
export function largeRoom(view: View): RoomView | null {
  const code = programmeCode(view);
  return find(view, code === view.you.room ? view.conference.hub : code);
}

/** The one that shares the large place with it: on air beside who speaks. */
export function secondRoom(view: View): RoomView | null {
  const { beside, pinned, black } = view.conference;
  if (beside === null || pinned !== null || black || beside === view.you.room) return null;
  return beside === largeRoom(view)?.code ? null : find(view, beside);
}

/** The hub in the corner while it is not large. */
export function insetRoom(view: View): RoomView | null {
  const shown = largeRoom(view)?.hub || secondRoom(view)?.hub;
  return shown ? null : find(view, view.conference.hub);
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
  | "black"
  | "pinned"
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
  if (view.conference.black) return "black";
  if (stage === "next") return "next";
  if (view.conference.pinned === room.code) return "pinned";
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

export type KeyAct =
  | TalkAct
  | "mic"
  | "camera"
  | "hand"
  | "list"
  | "more"
  | "fewer"
  | "understood"
  | "help"
  | "screen"
  | "share"
  | "pact";

const keys: Record<string, KeyAct> = {
  m: "mic",
  v: "camera",
  h: "hand",
  d: "list",
  g: "understood",
  t: "help",
  l: "screen",
  p: "pact",
  s: "share",
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
  return keys[event.key.toLowerCase()] ?? talkKey(event.key);
}
