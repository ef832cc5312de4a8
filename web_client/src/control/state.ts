/** What a room's one chip and its picture say. Pure: the same view gives the same words. */
import type { PictureState } from "../components/Picture";
import type { Held } from "../measured";
import type { ConferenceView, MicState, Phase, RoomView } from "../protocol";

/** First that holds, in this order. */
export type RoomState =
  | "lost"
  | "air"
  | "next"
  | "absent"
  | "gone"
  | "waiting"
  | "loading"
  | "unready"
  | "attention"
  | "ready";

/** What the media plane tells about the room's picture. */
export interface Sight {
  moving: boolean;
  /** A picture of the present main camera has been seen; it may have stopped since. */
  shown: boolean;
  weak: string | null;
  /** The picture is kept back from this page, and why. */
  held: Held | null;
}

export type OnAir = Pick<ConferenceView, "phase" | "floor" | "next" | "hub" | "beside" | "black">;

/** The broadcaster's tally: red frame, green frame, none. A lost room keeps its frame. */
export type Tally = "air" | "next" | null;

export function tallyOf(room: RoomView, conference: OnAir): Tally {
  if (!isOpen(conference.phase)) return null;
  if (isAired(room, conference)) return "air";
  return conference.next === room.code ? "next" : null;
}

/** Seen and heard by all: the room on air, the one beside it; the hub alone when all else is black. */
function isAired({ code }: RoomView, conference: OnAir): boolean {
  if (conference.black) return code === conference.hub;
  return code === airCode(conference) || code === conference.beside;
}

/** The code of the room on air; the hub when nobody has the floor. */
export function airCode(conference: OnAir): string {
  return conference.floor ?? conference.hub;
}

export function roomState(room: RoomView, conference: OnAir, sight: Sight | null): RoomState {
  if (room.presence === "lost") return "lost";
  if (room.presence === "absent" && conference.phase === "closed") return "gone";
  return tallyOf(room, conference) ?? settled(room, sight);
}

function settled(room: RoomView, sight: Sight | null): RoomState {
  if (room.presence === "absent") return "absent";
  if (room.presence === "waiting") return "waiting";
  if (room.main === null) return "attention"; // people are here, the hall's camera is not
  if (isLoading(room, sight)) return "loading";
  return triedState(room);
}

/** Of the trial before the session; one that was never made takes nothing away. */
function triedState({ readiness }: RoomView): RoomState {
  if (readiness.state === "not_ready" && !readiness.override) return "unready";
  return readiness.state === "attention" ? "attention" : "ready";
}

/** The hall's camera is on and nothing has been seen of it yet. */
export function isLoading(room: RoomView, sight: Sight | null): boolean {
  const expected = room.presence === "joined" && room.main !== null && room.camera;
  return expected && !sight?.shown && !sight?.held;
}

export function pictureState(room: RoomView, sight: Sight | null): PictureState {
  if (room.presence === "lost") return "lost";
  if (room.presence !== "joined" || room.main === null) return "void";
  if (!room.camera) return "still";
  return sight?.held || (sight?.weak && !sight.moving) ? "still" : "live";
}

/** The microphone as it is heard: a room that is not connected has none. */
export function heardMic(room: RoomView): MicState {
  return room.presence === "joined" ? room.mic : "off";
}

/** May this room be given the floor now? */
export function canTakeFloor(room: RoomView | undefined): boolean {
  return room?.presence === "joined" && room.main !== null;
}

/** Rooms can be in, and acts of the desk mean something. */
export function isOpen(phase: Phase): boolean {
  return phase === "lobby" || phase === "live";
}

/** The rooms of the wall, in the order of the floor: the hub is not among them. */
export function wall(rooms: readonly RoomView[]): RoomView[] {
  return rooms.filter((room) => !room.hub);
}

/** Rooms that have come; one whose link is lost has come, too. */
export function presentCount(rooms: readonly RoomView[]): number {
  return wall(rooms).filter((room) => room.presence === "joined" || room.presence === "lost").length;
}

/** The next room of the order after `from` that could take the floor; null: none. */
export function followingPresent(
  rooms: readonly RoomView[],
  from: string | null,
  floor: string | null,
): RoomView | null {
  const ordered = wall(rooms);
  const at = ordered.findIndex((room) => room.code === from);
  const after = [...ordered.slice(at + 1), ...ordered.slice(0, at + 1)];
  return after.find((r) => r.code !== floor && r.code !== from && canTakeFloor(r)) ?? null;
}

/** The key that opens a tile: 1 to 9, then 0; further rooms have none. */
export function tileKey(place: number): string | null {
  if (place < 1 || place > 10) return null;
  return String(place % 10);
}
