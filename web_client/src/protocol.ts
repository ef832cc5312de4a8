// Made by scripts/gen from signaling/messages.py and reasons.py. Do not edit.

export const PROTOCOL_VERSION = 1;
export const MAX_FRAME_BYTES = 262144;

export type BroadcastCause = "channel" | "late" | "disk";
export type BroadcastEnd = "stopped" | "closed";
export type ItemKind =
  | "opening"
  | "roll_call"
  | "speech"
  | "reading"
  | "signing"
  | "free"
  | "closing";
export type RollStatus = "present" | "late" | "excused" | "absent";
export type AlarmKind = "over" | "mismatch";
export type DrillKind = "cut" | "ice" | "worker" | "server";
export type FallbackLevel = "720p" | "360p" | "audio";
export type FallbackWhy = "loss" | "rtt" | "rate" | "cpu";
export type LayerName = "q" | "h" | "f";
export type LineLimit = "" | "reduced" | "sound";
export type Paused = "" | "bandwidth" | "silent" | "codec" | "source" | "uplink";
export type CheckState = "warn" | "fail";
export type PressureCause = "media_cpu" | "media_late" | "server_late" | "descriptors";
export type PresentationKind = "screen" | "document";
export type RecordingCause = "nothing" | "picture" | "keys" | "sound" | "left_out";
export type RecordingEnd = "stopped" | "closed" | "disk_full" | "write_failed";
export type CommandId = number;
export type CouncilId = string;
export type DeviceId = string;
export type Fence = string;
export type Label = string;
export type Language = "id" | "en";
export type Life = string;
export type LineName = "up" | "down";
export type Reason = string;
export type Role = "moderator" | "technician" | "operator" | "observer" | "tester";
export type RoomCode = string;
export type Sdp = string;
export type StandbyStand = "away" | "behind" | "synced";
export type Token = string;
export type WitnessWord = "alone" | "takeover";
export type CallerRole = "moderator" | "technician";
export type LineEnd = "hung_up" | "declined" | "unanswered" | "on_air" | "lost" | "left" | "closed";
export type LineQuiet = "" | "declined" | "unanswered" | "on_air";
export type LineSide = "caller" | "called";
export type LineVoice = "off" | "ringing" | "on";
export type EquipmentItem =
  | "camera"
  | "microphone"
  | "speakers"
  | "display"
  | "backup_power"
  | "backup_line"
  | "contact";
export type LegName = string;
export type Outcome = "pass" | "warn" | "fail";
export type PathName = "udp" | "turn_udp" | "turn_tcp" | "turn_tls";
export type Profile = "720p" | "360p" | "audio" | "none";
export type ReadinessState = "ready" | "attention" | "not_ready" | "untested";
export type RunId = string;
export type RunKind = "full" | "quick";
export type RunState = "running" | "done" | "stopped" | "broken";
export type StationId = string;
export type StepName =
  | "browser"
  | "devices"
  | "signalling"
  | "paths"
  | "media"
  | "capacity"
  | "reconnect"
  | "verdict";
export type StepState = "pending" | "running" | "pass" | "warn" | "fail" | "skipped";
export type Task =
  | DoBrowser
  | DoDevices
  | DoEcho
  | DoPath
  | DoCall
  | DoWatch
  | DoHangUp
  | DoLoadUp
  | DoCut
  | DoEnd;
export type TaskResult =
  | BrowserFacts
  | DeviceFacts
  | Echoed
  | Connected
  | Watched
  | Loaded
  | Cut
  | Failed;
export type CountState = "unknown" | "ok" | "near" | "full" | "over";
export type DeviceKind = "main" | "document" | "screen" | "companion" | "desk" | "voice";
export type EstimateQuality =
  | "ok"
  | "off"
  | "dark"
  | "covered"
  | "frozen"
  | "unreadable"
  | "small"
  | "unavailable"
  | "stale"
  | "crowded";
export type JoinKind = "auto" | "main" | "document" | "screen" | "companion" | "voice";
export type MediaKind = "audio" | "video";
export type MicState = "off" | "on" | "locked";
export type Phase = "draft" | "lobby" | "live" | "closed";
export type Presence = "absent" | "waiting" | "joined" | "lost";
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
  | CountEstimate
  | CountZones
  | CountAcknowledge
  | CountAskReduce
  | AttendanceEnter
  | AttendanceLeave
  | AttendanceKeep
  | AttendanceCorrect
  | AttendanceStrike
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
  | MediaAnswer
  | MediaRestart
  | MediaCandidate
  | MediaSeen
  | TrialOffer
  | TrialWithdraw
  | TrialStart
  | TrialStop
  | TrialRepeat
  | TrialSweep
  | TrialSweepStop
  | TrialConnect
  | TrialReport
  | ReadinessCheck
  | ReadinessOverride
  | RundownEdit
  | RundownAdvance
  | RundownSkip
  | RundownPause
  | RundownUndo
  | RollMark
  | RollTake
  | CueSend
  | CueSee
  | CueWithdraw
  | HelpCall
  | HelpAnswer
  | SpotlightBeside
  | SpotlightPin
  | SpotlightBlack
  | PresentationShow
  | PresentationEnd
  | HandMove
  | PactEdit
  | PactShow
  | PactOpen
  | PactName
  | PactUnname
  | PactWitnesses
  | PactSign
  | PactStrike
  | AnnounceSet
  | LineCall
  | LineRing
  | LineAnswer
  | LineDecline
  | LineWrite
  | LineHangUp
  | FallbackPin
  | DrillRecord
  | RecordingStart
  | RecordingStop
  | BroadcastStart
  | BroadcastStop;
export type ClientMessage = Hello | Command | Ping | Witness;
export type ServerMessage =
  | Welcome
  | Delta
  | Ok
  | Refused
  | MediaReset
  | Deed
  | Bye
  | Pong
  | MediaLayers
  | MediaLine
  | MediaAgain
  | MediaFigures
  | RecordingFigures
  | ServerChecks
  | LineText
  | StandbyState
  | WitnessAsk
  | TrialDo
  | TrialRun
  | TrialSweeping
  | TrialStations;

export type CommandType = CommandBody["type"];

export interface BroadcastAlarmView {
  cause: BroadcastCause;
  since: number;
}

/** Send the programme to the public from now on. */
export interface BroadcastStart {
  type: "broadcast.start";
}

export interface BroadcastStop {
  type: "broadcast.stop";
}

/** The last broadcast, to everybody: it runs while `ended_at` is null. */
export interface BroadcastView {
  id: string;
  began: number;
  by: string;
  interrupted_at: number | null;
  ended_at: number | null;
  why: BroadcastEnd | null;
  ended_by: string;
  alarms: BroadcastAlarmView[];
}

export interface CueSee {
  type: "cue.see";
  cue: string;
  room: RoomCode;
}

export interface CueSeen {
  room: string;
  at: number;
}

/** A message shown large in one hall, or in all. `cue`: an id that the client makes. */
export interface CueSend {
  type: "cue.send";
  cue: string;
  text: string;
  room?: RoomCode | null;
}

export interface CueView {
  id: string;
  at: number;
  by: string;
  room: string | null;
  text: string;
  seen: CueSeen[];
}

export interface CueWithdraw {
  type: "cue.withdraw";
  cue: string;
}

export interface HandMove {
  type: "hand.move";
  room: RoomCode;
  place: number;
}

/** Somebody saw to it, or the hall needs none any more. */
export interface HelpAnswer {
  type: "help.answer";
  room: RoomCode;
}

export interface HelpCall {
  type: "help.call";
  room: RoomCode;
  text?: string;
}

export interface HelpView {
  at: number;
  by: string;
  text: string;
}

/** What became of an item that has begun, or was skipped. */
export interface ItemRunView {
  item: string;
  started_at: number;
  ended_at: number | null;
  paused_ms: number;
  skipped: boolean;
}

/** As planned. */
export interface ItemView {
  id: string;
  kind: ItemKind;
  title: string;
  planned_s: number;
  room: string | null;
  notes: string;
  point: number;
  hush: boolean;
}

export interface PactDocument {
  title: Fence;
  points: string[];
  preamble?: string;
  closing?: string;
}

export interface PactEdit {
  type: "pact.edit";
  document: PactDocument;
}

/** Who signs for a room: a new one, or the one of that id corrected. */
export interface PactName {
  type: "pact.name";
  room: RoomCode;
  person: string;
  name: string;
  office?: string;
  ready?: boolean;
}

/** Whether the halls may sign. */
export interface PactOpen {
  type: "pact.open";
  on: boolean;
}

/** This point in every hall, from 1; 0: none. */
export interface PactShow {
  type: "pact.show";
  point: number;
}

/**
 * `strokes`: lines of the pen, each x and y in turns, 0 to 1,000 of the pad; or `typed`: who
 * uses no pad signs by typing the own name. `document`: the hash of the text that the person
 * read.
 */
export interface PactSign {
  type: "pact.sign";
  room: RoomCode;
  person: string;
  document: string;
  strokes?: number[][];
  typed?: string;
}

/** A mistake: the signature does not count, and stays in the record. */
export interface PactStrike {
  type: "pact.strike";
  room: RoomCode;
  signature: string;
  reason: Reason;
}

export interface PactUnname {
  type: "pact.unname";
  room: RoomCode;
  person: string;
}

/** What the halls sign. */
export interface PactView {
  title: string;
  preamble: string;
  points: string[];
  closing: string;
  hash: string;
  struck: StruckView[];
}

export interface PactWitness {
  name: string;
  office?: string;
}

/** All of the room, in place of those before. */
export interface PactWitnesses {
  type: "pact.witnesses";
  room: RoomCode;
  witnesses: PactWitness[];
}

/** How far the rundown is. */
export interface ProgressView {
  current: string | null;
  paused_at: number | null;
  undo_until: number | null;
  runs: ItemRunView[];
}

export interface RollMark {
  type: "roll.mark";
  room: RoomCode;
  status: RollStatus | null;
}

/** Mark every room without a mark as the server proposes. */
export interface RollTake {
  type: "roll.take";
}

export interface RollView {
  status: RollStatus;
  at: number;
  by: string;
}

/**
 * Lanjut: end the current item, begin `item` or the first that is to come, with its room on
 * air. `current`: what the client shows as current.
 */
export interface RundownAdvance {
  type: "rundown.advance";
  current: string | null;
  item?: string | null;
}

/** All items in their order. `version`: of the rundown that was edited. */
export interface RundownEdit {
  type: "rundown.edit";
  items: RundownItem[];
  version: number;
}

/**
 * As planned. `room` null: the hub; `point`: of the pact, shown meanwhile; `hush`: all halls
 * are muted when it begins.
 */
export interface RundownItem {
  id: string;
  kind: ItemKind;
  title: Fence;
  planned_s: number;
  room?: RoomCode | null;
  notes?: string;
  point?: number;
  hush?: boolean;
}

export interface RundownPause {
  type: "rundown.pause";
  on: boolean;
}

export interface RundownSkip {
  type: "rundown.skip";
  item: string;
  on: boolean;
}

/** Take the last `rundown.advance` back; within 10 s of it. */
export interface RundownUndo {
  type: "rundown.undo";
}

export interface RundownView {
  items: ItemView[];
  version: number;
}

export interface SignatoryView {
  id: string;
  name: string;
  office: string;
  ready: boolean;
  signature: string | null;
  signed_at: number | null;
  typed: boolean;
}

export interface SigningView {
  open: boolean;
  point: number;
  signed: number;
  rooms: number;
}

/** A second room on air; null: none. */
export interface SpotlightBeside {
  type: "spotlight.beside";
  room: RoomCode | null;
}

/** The hub alone is seen and heard. */
export interface SpotlightBlack {
  type: "spotlight.black";
  on: boolean;
}

/** One room large everywhere; null: whoever is on air. */
export interface SpotlightPin {
  type: "spotlight.pin";
  room: RoomCode | null;
}

/** A signature that was struck out. */
export interface StruckView {
  signature: string;
  room: string;
  name: string;
  office: string;
  signed_at: number;
  by: string;
  at: number;
  reason: string;
}

export interface WitnessView {
  name: string;
  office: string;
}

export interface AttendanceCorrect {
  type: "attendance.correct";
  room: RoomCode;
  person: string;
  name: string;
  institution?: string;
  role?: string;
}

/**
 * Enter a person on the room's list, or again after leaving. `person` is an id that the client
 * makes, so that asking twice enters once; `ago_ms`: it was so long ago.
 */
export interface AttendanceEnter {
  type: "attendance.enter";
  room: RoomCode;
  person: string;
  name: string;
  institution?: string;
  role?: string;
  ago_ms?: number;
}

/** Take back that a person left. */
export interface AttendanceKeep {
  type: "attendance.keep";
  room: RoomCode;
  person: string;
}

export interface AttendanceLeave {
  type: "attendance.leave";
  room: RoomCode;
  person: string;
  ago_ms?: number;
}

/** Take back that a person came. */
export interface AttendanceStrike {
  type: "attendance.strike";
  room: RoomCode;
  person: string;
}

/** A person on the list, of the last visit. */
export interface AttendeeView {
  id: string;
  name: string;
  institution: string;
  role: string;
  entered_at: number;
  left_at: number | null;
  by: string;
}

/** A moderator has seen to an alarm. */
export interface CountAcknowledge {
  type: "count.acknowledge";
  room: RoomCode;
  kind: AlarmKind;
  reason: Reason;
}

/**
 * A task: acknowledged by a moderator with a reason. What has ended and is acknowledged is
 * gone.
 */
export interface CountAlarmView {
  kind: AlarmKind;
  raised_at: number;
  persons: number | null;
  camera: number | null;
  limit: number;
  ended_at: number | null;
  escalated: boolean;
  by: string;
  acknowledged_at: number | null;
  reason: string;
}

/** Ask a room that persons leave, or take that back. */
export interface CountAskReduce {
  type: "count.ask_reduce";
  room: RoomCode;
  on: boolean;
}

/** Where no faces are counted; what the camera showed is then void. */
export interface CountZones {
  type: "count.zones";
  room: RoomCode;
  zones: Zone[];
}

/** A person who is to come. */
export interface ExpectedView {
  name: string;
  institution: string;
  role: string;
  person: string | null;
}

/**
 * A rectangle of a camera's picture in which no faces are counted, as parts of its width and
 * height from the top left.
 */
export interface Zone {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A drill has ended; this takes the place of the one before. */
export interface DrillRecord {
  type: "drill.record";
  found: DrillResult[];
}

export interface DrillResult {
  type: "DrillResult";
  room: RoomCode;
  kind: DrillKind;
  seconds: number | null;
}

/** The last recovery drill; for moderators and technicians. */
export interface DrillView {
  at: number;
  by: string;
  found: RecoveredView[];
}

export interface RecoveredView {
  room: string;
  kind: DrillKind;
  seconds: number | null;
}

/** Keep a hall at this level; null: it moves by itself again. */
export interface FallbackPin {
  type: "fallback.pin";
  room: RoomCode;
  level: FallbackLevel | null;
}

export interface FallbackView {
  level: FallbackLevel;
  ceiling: FallbackLevel;
  tested: boolean;
  pinned: boolean;
  by: string;
  trouble: TroubleView | null;
  since: number | null;
}

/** Why a hall stands below its ceiling, as measured. */
export interface TroubleView {
  why: FallbackWhy;
  side: LineName;
  value: number;
}

export interface DeviceFigures {
  device: string;
  kind: DeviceKind;
  room: string | null;
  up: LineView | null;
  down: LineView | null;
  sends: StreamView[];
  receives: StreamView[];
}

/** One connection of a device. */
export interface LineView {
  state: string;
  kbps: number;
  available_kbps: number | null;
  limit: LineLimit;
  rtt_ms: number | null;
  lost_percent: number;
  jitter_ms: number;
}

/**
 * To a device that publishes: offer the up connection anew (`media.publish`). More of the
 * others will decode what it is answered now.
 */
export interface MediaAgain {
  type: "media_again";
}

/**
 * To moderators and technicians, every 2 s: the main devices of some rooms, each whole. All
 * rooms may take several messages; figures not renewed within 6 s are void.
 */
export interface MediaFigures {
  type: "media_figures";
  rooms: DeviceFigures[];
}

/**
 * To a device that publishes simulcast: what is worth encoding, because somebody receives it or
 * is to. None: nobody wants its picture now.
 */
export interface MediaLayers {
  type: "media_layers";
  layers: LayerName[];
}

/** To a device about itself, when it has changed noticeably; every 2 s at most. */
export interface MediaLine {
  type: "media_line";
  limit: LineLimit;
  available_kbps: number | null;
  up: LineView | null;
  down: LineView | null;
  paused: PausedView[];
}

/** What a page sees and hears of its down connection. Every 5 s, each room at most once. */
export interface MediaSeen {
  type: "media.seen";
  rooms: SeenRoom[];
  cpu_percent?: number | null;
}

export interface PausedView {
  room: string;
  kind: MediaKind;
  why: Paused;
}

/**
 * What arrived from one room. `freezes`, `frozen_s` and `dropped` count since the connection
 * was made; the rest is of the time since the last report.
 */
export interface SeenRoom {
  room: RoomCode;
  freezes?: number;
  frozen_s?: number;
  dropped?: number;
  fps?: number | null;
  concealed_percent?: number | null;
}

/** A layer that a device sends, or what it gets of one room. */
export interface StreamView {
  room: string;
  kind: MediaKind;
  layer: string;
  codec: string;
  kbps: number;
  packets: number;
  lost_percent: number;
  jitter_ms: number;
  rtt_ms: number | null;
  nacks: number;
  repaired: number;
  plis: number;
  fps: number | null;
  paused: Paused;
  freezes: number | null;
  frozen_s: number | null;
  dropped: number | null;
  shown_fps: number | null;
  concealed_percent: number | null;
}

export interface CheckView {
  name: string;
  state: CheckState;
  text: Text;
  since: number;
}

/**
 * The server is pressed, and this gives way: 1 new observers and players are not let in; 2
 * thumbnails come in their smallest form; 3 they rest, and further devices beside a hall's camera
 * are not let in; 4 only who is on air is seen; 5 nobody is. Each includes those before it; sound
 * never gives way.
 */
export interface PressureView {
  level: number;
  why: PressureCause;
  since: number;
}

/**
 * To moderators and technicians: all of the server that is not as it should be; empty: nothing.
 * Told after the welcome where there is any, and when it changes. No part of the view.
 */
export interface ServerChecks {
  type: "server_checks";
  checks: CheckView[];
}

/** Who speaks is large again; the device goes on offering. */
export interface PresentationEnd {
  type: "presentation.end";
}

/** Show what this device offers to everybody, in place of another one. */
export interface PresentationShow {
  type: "presentation.show";
  device: DeviceId;
}

export interface PresentationView {
  device: string;
  room: string;
  kind: PresentationKind;
  since: number;
  by: string;
  live: boolean;
}

export interface RecordedRoom {
  room: string;
  bytes: number;
  kbps: number;
  picture: boolean;
  sound: boolean;
}

export interface RecordingAlarmView {
  room: string;
  cause: RecordingCause;
  since: number;
}

/** To moderators and technicians, every second while a recording runs. */
export interface RecordingFigures {
  type: "recording_figures";
  id: string;
  bytes: number;
  free_bytes: number | null;
  minutes: number | null;
  rooms: RecordedRoom[];
}

/** Record all rooms from now on. */
export interface RecordingStart {
  type: "recording.start";
}

export interface RecordingStop {
  type: "recording.stop";
}

/** The last recording, to everybody: it runs while `ended_at` is null. */
export interface RecordingView {
  id: string;
  began: number;
  by: string;
  interrupted_at: number | null;
  ended_at: number | null;
  why: RecordingEnd | null;
  ended_by: string;
  alarms: RecordingAlarmView[];
}

/** A sentence in both languages. */
export interface Text {
  id: string;
  en: string;
}

export interface AnnouncementView {
  device: string;
  by: string;
  at: number;
}

/** This device's microphone in every hall, above the programme, until it says so again. */
export interface AnnounceSet {
  type: "announce.set";
  on: boolean;
}

/** With this device's microphone. */
export interface LineAnswer {
  type: "line.answer";
  line: string;
}

/**
 * A private line to a room; `room` null: to the technicians. `line`: an id that the client
 * makes. `voice` false: to write on alone, which rings nowhere.
 */
export interface LineCall {
  type: "line.call";
  line: string;
  room?: RoomCode | null;
  voice?: boolean;
}

export interface LineDecline {
  type: "line.decline";
  line: string;
}

export interface LineHangUp {
  type: "line.end";
  line: string;
}

/** The caller asks for voices on a line that stands. */
export interface LineRing {
  type: "line.ring";
  line: string;
}

/**
 * Something written on a private line, for its two ends alone; after `welcome` once more what
 * is kept of it. `number` rises by one from 1: a gap is what is not kept.
 */
export interface LineText {
  type: "line.text";
  line: string;
  number: number;
  side: LineSide;
  by: string;
  at: number;
  text: string;
}

export interface LineWrite {
  type: "line.write";
  line: string;
  text: Reason;
}

/** The line that stands, or the last that did: then `ended` says why it does not. */
export interface PrivateLineView {
  id: string;
  caller: string;
  by: string;
  role: CallerRole;
  at: number;
  here: boolean;
  voice: LineVoice;
  rings_until: number | null;
  answerer: string | null;
  answered_by: string;
  quiet: LineQuiet;
  texts: number;
  ended: LineEnd | null;
  ended_at: number | null;
  ended_by: string;
}

export interface BrowserFacts {
  type: "browser";
  secure: boolean;
  webrtc: boolean;
  agent: string;
  codecs: Label[];
  platform?: string;
  threads?: number;
}

/** How a leg's connection went. */
export interface Connected {
  type: "connected";
  connected: boolean;
  ms?: number | null;
  candidate?: "" | "host" | "srflx" | "prflx" | "relay";
  protocol?: "" | "udp" | "tcp";
  relay?: "" | "udp" | "tcp" | "tls";
  errors?: string[];
}

/** The socket was cut and all was made again. null: did not come back in time. */
export interface Cut {
  type: "cut";
  socket_ms: number | null;
  media_ms: number | null;
}

/**
 * What was opened. A `problem` is denied, missing, busy, unanswered, insecure or failed; empty:
 * none.
 */
export interface DeviceFacts {
  type: "devices";
  camera?: string;
  camera_problem?: string;
  width?: number;
  height?: number;
  fps?: number;
  frames?: number | null;
  changed?: number;
  microphone?: string;
  microphone_problem?: string;
  speaker?: string;
}

/** Answer: browser. */
export interface DoBrowser {
  type: "browser";
}

/**
 * Open the two-way call: sound (section 0) and picture (section 1), sendrecv; leave it open
 * until `hang_up`, another `call` of the same name, or `end`. Answer: connected.
 */
export interface DoCall {
  type: "call";
  leg: RoomCode;
  ice: IceServer[];
  relay_only: boolean;
  video: boolean;
  raw_sound: boolean;
  max_kbps: number;
  height: number;
  timeout_s: number;
}

/**
 * Drop the socket without a word, connect again, offer again with the same station name, and
 * open the call `call` again. Answer (on the new connection): cut.
 */
export interface DoCut {
  type: "cut";
  call: DoCall;
}

/**
 * Open camera and microphone, the sound as it is (no echo cancellation, noise suppression or
 * gain control), and keep them open until `end`. Answer: devices.
 */
export interface DoDevices {
  type: "devices";
}

/** Answer at once: echoed. */
export interface DoEcho {
  type: "echo";
}

/** The run is over: close what was opened for it. No answer. */
export interface DoEnd {
  type: "end";
}

/** Close one call. Answer: echoed. */
export interface DoHangUp {
  type: "hang_up";
  leg: RoomCode;
}

/**
 * Send as much as told. Browser: on a connection of its own (section 0 video, sendonly, noise
 * picture), from `from_kbps` rising to `to_kbps` within `ramp_s`, then on until `seconds`. A
 * program: on the open call `leg`. Answer: loaded.
 */
export interface DoLoadUp {
  type: "load_up";
  leg: RoomCode;
  ice: IceServer[];
  relay_only: boolean;
  from_kbps: number;
  to_kbps: number;
  ramp_s: number;
  seconds: number;
  timeout_s: number;
}

/**
 * Try one path alone with a connection of its own: one audio section, recvonly. Close it
 * again. Answer: connected.
 */
export interface DoPath {
  type: "path";
  leg: RoomCode;
  path: PathName;
  ice: IceServer[];
  relay_only: boolean;
  timeout_s: number;
}

/** Observe the open call. Answer after `seconds`: watched. */
export interface DoWatch {
  type: "watch";
  leg: RoomCode;
  seconds: number;
}

export interface Echoed {
  type: "echoed";
}

export interface EquipmentTick {
  item: EquipmentItem;
  by: string;
  at: number;
}

/** The task could not be done; `why` is for the log and the report's details. */
export interface Failed {
  type: "failed";
  why: string;
}

export interface FigureView {
  name: string;
  value: number | null;
  unit: string;
  state: StepState;
  text: Text;
  limit: Text;
}

/** As RTCIceServer. */
export interface IceServer {
  urls: string[];
  username: string;
  credential: string;
}

/** The load up has been sent. `limited`: this station could not send enough. */
export interface Loaded {
  type: "loaded";
  connected: boolean;
  limited?: boolean;
}

/** Tick an item of a room's equipment list, or take the tick away. */
export interface ReadinessCheck {
  type: "readiness.check";
  room: RoomCode;
  item: EquipmentItem;
  on: boolean;
}

/** A moderator lets a room in that is not ready, or takes that back. */
export interface ReadinessOverride {
  type: "readiness.override";
  room: RoomCode;
  on: boolean;
  reason: Reason;
}

export interface ReadinessView {
  state: ReadinessState;
  why: Text;
  tested: TestedView | null;
  stale: boolean;
  ticks: EquipmentTick[];
  override: string;
}

export interface RunView {
  id: string;
  room: string;
  kind: RunKind;
  state: RunState;
  verdict: Outcome | null;
  profile: Profile | null;
  sentence: Text;
  steps: StepView[];
  started_at: number;
  ended_at: number | null;
  by: string;
  station: string;
  agent: string;
  picture: boolean;
  microphone: number | null;
  hash: string;
}

/**
 * The pictures that were shown, one entry each in every list, in order. Times are Unix ms of
 * the server's clock as the station knows it. An empty list: this station does not know.
 */
export interface SeenFrames {
  rtp: number[];
  arrived: number[];
  shown: number[];
  mark: number[];
}

/** A received picture in grey, to compare with what was sent. */
export interface SeenPicture {
  mark: number;
  width: number;
  height: number;
  luma: string;
}

export interface StationView {
  room: string;
  station: string;
  client: "browser" | "program";
  agent: string;
  since: number;
  busy: boolean;
}

export interface StepView {
  name: StepName;
  state: StepState;
  line: Text;
  figures: FigureView[];
  cause: Text | null;
  cure: Text[];
  progress: number | null;
  attempts: number;
}

export interface SweepRoomView {
  room: string;
  state: "waiting" | "running" | "done" | "skipped";
  run: string | null;
  verdict: Outcome | null;
  together: string | null;
  together_verdict: Outcome | null;
  why: Text | null;
}

export interface SweepView {
  id: string;
  state: RunState;
  part: "one_by_one" | "together" | "over";
  rooms: SweepRoomView[];
  started_at: number;
  ended_at: number | null;
  by: string;
}

/** A room's last full trial that came to its end. */
export interface TestedView {
  run: string;
  at: number;
  by: string;
  verdict: Outcome;
  profile: Profile;
  sentence: Text;
  rtt_ms: number | null;
  loss_up_percent: number | null;
  loss_down_percent: number | null;
  capacity_up_kbps: number | null;
  capacity_down_kbps: number | null;
  capacity_up_more: boolean;
  capacity_down_more: boolean;
  mos: number | null;
}

export interface TrialAnswer {
  type: "trial.answer";
  sdp: string;
}

/** A station's offer of a leg's connection, all candidates in. Answered by `TrialAnswer`. */
export interface TrialConnect {
  type: "trial.connect";
  run: DeviceId;
  leg: RoomCode;
  sdp: Sdp;
}

export interface TrialDo {
  type: "trial.do";
  run: string;
  task: number;
  body: Task;
}

/**
 * This connection can be tested for its room from now on. `station`: the same name after a
 * reload or a lost connection, so that a run goes on.
 */
export interface TrialOffer {
  type: "trial.offer";
  station: DeviceId;
  client?: "browser" | "program";
  agent?: string;
}

/**
 * Run one step again and judge anew. Of a run that has ended this begins a new run, which
 * takes the other steps over.
 */
export interface TrialRepeat {
  type: "trial.repeat";
  run: DeviceId;
  step: StepName;
}

export interface TrialReport {
  type: "trial.report";
  run: DeviceId;
  task: number;
  result: TaskResult;
}

export interface TrialRun {
  type: "trial.run";
  run: RunView;
}

/**
 * Test a room's station. Operators and testers: their own room. `force`: even in a live
 * session, with a bounded share of the line.
 */
export interface TrialStart {
  type: "trial.start";
  room: RoomCode;
  kind?: RunKind;
  seconds?: number;
  force?: boolean;
}

export interface TrialStarted {
  type: "trial.started";
  run: string;
}

/** All stations of the conference, for technicians and moderators; on every change. */
export interface TrialStations {
  type: "trial.stations";
  stations: StationView[];
}

export interface TrialStop {
  type: "trial.stop";
  run: DeviceId;
}

/** Test all rooms that have a station: one by one, then all at once under the session's load. */
export interface TrialSweep {
  type: "trial.sweep";
  seconds?: number;
  force?: boolean;
}

/**
 * To technicians and moderators: when they come, and on every change. null: this server knows
 * of no sweep.
 */
export interface TrialSweeping {
  type: "trial.sweeping";
  sweep: SweepView | null;
}

export interface TrialSweepStop {
  type: "trial.sweep_stop";
}

export interface TrialWithdraw {
  type: "trial.withdraw";
}

/** What came down in the call during the watch. null: this station cannot know. */
export interface Watched {
  type: "watched";
  seconds: number;
  frames?: SeenFrames | null;
  decoded?: number | null;
  width?: number;
  height?: number;
  freezes?: number | null;
  frozen_ms?: number | null;
  packets?: number | null;
  lost?: number | null;
  concealed_percent?: number | null;
  av_offset_ms?: number | null;
  clock_error_ms?: number | null;
  picture?: SeenPicture | null;
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
  gate: boolean;
  roles: string[];
  over: "warn" | "lock_mic" | "refuse_floor";
  beside: string | null;
  pinned: string | null;
  black: boolean;
  presentation: PresentationView | null;
  progress: ProgressView;
  cues: CueView[];
  announcement: AnnouncementView | null;
  line: PrivateLineView | null;
  signing: SigningView;
  pressure: PressureView | null;
  drill: DrillView | null;
  recording: RecordingView | null;
  broadcast: BroadcastView | null;
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

/** Never a proof: who is hidden is not seen. Null persons: `quality` says why. */
export interface EstimateView {
  persons: number | null;
  quality: EstimateQuality;
  since: number;
}

export interface ReceiveWish {
  room: string;
  size: Size;
  audio: boolean;
  video: boolean;
  rests: boolean;
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
  declared: number | null;
  checked_in: number;
  tally: number | null;
  count_state: CountState;
  count_undo: boolean;
  counted: boolean;
  estimate: EstimateView | null;
  zones: Zone[];
  alarms: CountAlarmView[];
  reduce_asked: boolean;
  attendance: AttendeeView[];
  expected: ExpectedView[];
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
  readiness: ReadinessView;
  fallback: FallbackView | null;
  roll: RollView | null;
  cues: CueView[];
  help: HelpView | null;
  line: PrivateLineView | null;
  signatories: SignatoryView[];
  witnesses: WitnessView[];
  complete: boolean;
}

/** What the server wants from this device now. */
export interface SendWish {
  audio: boolean;
  video: boolean;
  height: number;
  max_kbps: number;
}

export interface View {
  conference: ConferenceView;
  rundown: RundownView;
  pact: PactView | null;
  rooms: RoomView[];
  you: YouView;
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

/**
 * Enter the room of the link. `auto`: main camera where there is none, else companion. `voice`:
 * a technician's page that is to talk on a private line; it receives no pictures.
 */
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

/** Let the room's camera be looked at, to estimate how many are there, or not. */
export interface CountEstimate {
  type: "count.estimate";
  room: RoomCode;
  on: boolean;
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

/**
 * Restart ICE on a connection whose media goes on meanwhile. `up`: with the client's offer,
 * answered by `Published`. `down`: without; answered by `Subscribed`, the server's offer of the
 * same sections (its `slots` empty: they are as before), which is answered by `media.answer`.
 */
export interface MediaRestart {
  type: "media.restart";
  line: LineName;
  sdp?: Sdp | null;
}

/** A candidate that came after the description was sent; "" when there are no more. */
export interface MediaCandidate {
  type: "media.candidate";
  line: LineName;
  candidate: string;
  mid?: Label | null;
}

/** First message of every connection. */
export interface Hello {
  type: "hello";
  v: number;
  token: Token;
  resume?: Token | null;
  lang?: Language;
  fence?: Fence | null;
  life?: Life | null;
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

/**
 * The answer to `witness.ask`: what this client says in that council, once and for all. The
 * first word that it was asked for is its word.
 */
export interface Witness {
  type: "witness";
  council: CouncilId;
  word: WitnessWord;
}

export interface Welcome {
  type: "welcome";
  v: number;
  rev: number;
  now: number;
  heartbeat_s: number;
  media_epoch: string;
  view: View;
  ice: IceServer[];
  servers: string[];
  fence: string;
}

/** What changed from `prev` to `rev`, as whole parts. `prev` must be the last revision seen. */
export interface Delta {
  type: "delta";
  prev: number;
  rev: number;
  conference: ConferenceView | null;
  rundown: RundownView | null;
  pact: PactView | null;
  rooms: RoomView[];
  you: YouView | null;
}

/**
 * A media section of the down connection and the room whose main camera it carries; or, beside
 * the programme, `@announce` and `@line`, which have sound alone.
 */
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
  result: Published | Subscribed | Joined | TrialAnswer | TrialStarted | null;
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

/**
 * What another desk has just done, for a moderator or technician to read: sent once, no part of
 * the view and of no revision.
 */
export interface Deed {
  type: "deed";
  at: number;
  by: string;
  act: string;
  room: string | null;
  what: string;
  on: boolean | null;
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

/**
 * One of two servers that have lost each other asks a hall. `alone`: may the first go on
 * without its standby? `takeover`: may the standby serve? Also before the welcome.
 */
export interface WitnessAsk {
  type: "witness.ask";
  council: string;
  word: WitnessWord;
}

/**
 * How the second server stands: to moderators and technicians after the welcome and at each
 * change, to all when it comes for the first time. `servers` and `fence` as in the welcome.
 */
export interface StandbyState {
  type: "standby";
  stand: StandbyStand;
  behind: number;
  since: number;
  servers: string[];
  fence: string;
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
  "link_revoked",
  "conference_archived",
  "link_taken",
  "link_needs_cookie",
  "ticket_over",
  "sign_in_needed",
  "session_over",
]);
