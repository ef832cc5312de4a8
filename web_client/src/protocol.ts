// Made by scripts/gen from signaling/messages.py and reasons.py. Do not edit.

export const PROTOCOL_VERSION = 1;
export const MAX_FRAME_BYTES = 262144;

export type RoomCode = string;
export type DeviceId = string;
export type Label = string;
export type Reason = string;
export type Sdp = string;
export type Token = string;
export type CommandId = number;
export type Language = "id" | "en";
export type Role = "moderator" | "technician" | "operator" | "observer";
export type Phase = "draft" | "lobby" | "live" | "closed";
export type DeviceKind = "main" | "document" | "companion" | "desk";
export type JoinKind = "auto" | "main" | "document" | "companion";
export type Presence = "absent" | "waiting" | "joined" | "lost";
export type CountState = "unknown" | "ok" | "near" | "full" | "over";
export type MicState = "off" | "on" | "locked";
export type MediaKind = "audio" | "video";
export type Size = "large" | "inset" | "thumbnail";
export type CommandBody =
  | RoomJoin
  | RoomLeave
  | DeviceTakeMain
  | DeviceRemove
  | DeviceAdmit
  | DeviceCamera
  | CountSet
  | CountAdd
  | CountUndo
  | CountAllow
  | FloorGive
  | FloorTake
  | FloorCue
  | FloorUndo
  | MicMute
  | MicUnmute
  | MicAsk
  | MicMuteAll
  | MicLock
  | HandRaise
  | HandLower
  | PhaseSet
  | MediaPublish
  | MediaSubscribe
  | MediaAnswer;
export type ClientMessage = Hello | Command | Ping;
export type ServerMessage = Welcome | Delta | Ok | Refused | MediaReset | Bye | Pong;

export type CommandType = CommandBody["type"];

/** Enter the room of the link. `auto`: main camera where there is none, else companion. */
export interface RoomJoin {
  type: "room.join";
  kind?: JoinKind;
  label?: Label;
  shared?: boolean;
  take_over?: boolean;
  open_mic_on_air?: boolean;
}

export interface RoomLeave {
  type: "room.leave";
}

/** Become the room's main camera; the present one must be lost. */
export interface DeviceTakeMain {
  type: "device.take_main";
}

export interface DeviceRemove {
  type: "device.remove";
  device: DeviceId;
}

export interface DeviceAdmit {
  type: "device.admit";
  device: DeviceId;
}

/** Tell whether one's own camera is on: the others see a word, not a black picture. */
export interface DeviceCamera {
  type: "device.camera";
  on: boolean;
}

export interface CountSet {
  type: "count.set";
  room: RoomCode;
  value: number;
}

export interface CountAdd {
  type: "count.add";
  room: RoomCode;
  by: 1 | -1;
}

export interface CountUndo {
  type: "count.undo";
  room: RoomCode;
}

/** Let a room hold up to `limit` persons; `limit` equal to the cap takes it back. */
export interface CountAllow {
  type: "count.allow";
  room: RoomCode;
  limit: number;
  reason: Reason;
}

export interface FloorGive {
  type: "floor.give";
  room: RoomCode;
}

/** Back to the hub. */
export interface FloorTake {
  type: "floor.take";
}

/** Name the room that comes next. */
export interface FloorCue {
  type: "floor.cue";
  room: RoomCode;
}

/** Take the last change of the floor back; within 10 s of it. */
export interface FloorUndo {
  type: "floor.undo";
}

export interface MicMute {
  type: "mic.mute";
  room: RoomCode;
}

/** An operator opens the own room's microphone; refused while it is locked. */
export interface MicUnmute {
  type: "mic.unmute";
  room: RoomCode;
}

/** A moderator asks a room to open its microphone. */
export interface MicAsk {
  type: "mic.ask";
  room: RoomCode;
}

/** All rooms but the hub and the room on air. */
export interface MicMuteAll {
  type: "mic.mute_all";
}

/** Rooms may open their microphone only with permission: for all, or for one room. */
export interface MicLock {
  type: "mic.lock";
  on: boolean;
  room?: RoomCode | null;
}

export interface HandRaise {
  type: "hand.raise";
  room: RoomCode;
}

export interface HandLower {
  type: "hand.lower";
  room: RoomCode;
}

export interface PhaseSet {
  type: "phase.set";
  phase: "lobby" | "live" | "closed";
}

/**
 * Offer of the up connection (one audio and one video section, sendonly, all candidates in).
 * Answered by `Published`. Sent again, it replaces the connection.
 */
export interface MediaPublish {
  type: "media.publish";
  sdp: Sdp;
}

/** Ask for the down connection. Answered by `Subscribed`: the server's offer. */
export interface MediaSubscribe {
  type: "media.subscribe";
}

/** The client's answer to the last `Subscribed`. */
export interface MediaAnswer {
  type: "media.answer";
  sdp: Sdp;
}

/** First message of every connection. */
export interface Hello {
  type: "hello";
  v: number;
  token: Token;
  resume?: Token | null;
  lang?: Language;
}

/** `id` rises with every command of a connection; it comes back in `ok` or `refused`. */
export interface Command {
  type: "command";
  id: CommandId;
  body: CommandBody;
}

export interface Ping {
  type: "ping";
  t: number;
}

/** A sentence in both languages. */
export interface Text {
  id: string;
  en: string;
}

export interface DeviceView {
  id: string;
  kind: DeviceKind;
  label: string;
  role: Role;
  connected: boolean;
  lost_since: number | null;
  waiting: boolean;
  shared: boolean;
  publishing: boolean;
  camera: boolean;
}

export interface RoomView {
  code: string;
  name: string;
  title: string;
  short_name: string;
  abbr: string;
  hub: boolean;
  cap: number;
  limit: number;
  limit_reason: string;
  count: number | null;
  tally: number | null;
  count_state: CountState;
  count_undo: boolean;
  presence: Presence;
  lost_since: number | null;
  publishing: boolean;
  camera: boolean;
  mic: MicState;
  mic_asked: boolean;
  mic_lock: boolean;
  hand: number | null;
  main: string | null;
  devices: DeviceView[];
}

export interface ConferenceView {
  id: string;
  title: string;
  phase: Phase;
  timezone: string;
  timezone_label: string;
  starts_at: number | null;
  hub: string;
  floor: string | null;
  floor_since: number | null;
  next: string | null;
  floor_order: string[];
  hands: string[];
  mic_lock: boolean;
  undo_until: number | null;
}

/** What the server wants from this device now. */
export interface SendWish {
  audio: boolean;
  video: boolean;
  height: number;
  max_kbps: number;
}

export interface ReceiveWish {
  room: string;
  size: Size;
  audio: boolean;
}

export interface YouView {
  role: Role;
  name: string;
  room: string | null;
  device: DeviceView | null;
  resume: string | null;
  send: SendWish | null;
  receive: ReceiveWish[];
  may: string[];
}

export interface View {
  conference: ConferenceView;
  rooms: RoomView[];
  you: YouView;
}

export interface Welcome {
  type: "welcome";
  v: number;
  rev: number;
  now: number;
  heartbeat_s: number;
  media_epoch: string;
  view: View;
}

/** What changed from `prev` to `rev`, as whole parts. `prev` must be the last revision seen. */
export interface Delta {
  type: "delta";
  prev: number;
  rev: number;
  conference: ConferenceView | null;
  rooms: RoomView[];
  you: YouView | null;
}

/** A media section of the down connection and the room whose main camera it carries. */
export interface Slot {
  mid: string;
  room: string;
  kind: MediaKind;
}

export interface Published {
  type: "published";
  sdp: string;
}

export interface Subscribed {
  type: "subscribed";
  sdp: string;
  slots: Slot[];
}

export interface Joined {
  type: "joined";
  device: string;
  resume: string;
}

export interface Ok {
  type: "ok";
  id: number;
  rev: number;
  result: Published | Subscribed | Joined | null;
}

export interface Refused {
  type: "refused";
  id: number;
  code: string;
  text: Text;
}

/** The media plane was rebuilt: publish and subscribe again. */
export interface MediaReset {
  type: "media_reset";
  epoch: string;
}

/** Sent before the server closes, with the reason. */
export interface Bye {
  type: "bye";
  code: string;
  text: Text;
}

export interface Pong {
  type: "pong";
  t: number;
  now: number;
}

/** Codes of `bye` after which a client does not come back by itself. */
export const FINAL_CODES: ReadonlySet<string> = new Set([
  "bad_token",
  "expired_token",
  "origin",
  "not_found",
  "wrong_version",
  "replaced",
  "removed",
]);
