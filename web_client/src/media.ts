// What is seen and heard: brings the two connections where the server and the person want them.

import { effect, signal, untracked } from "@preact/signals";
import { cameraOn, local, openCapture, trackOf, watchInputs } from "./capture";
import { say } from "./i18n";
import { Down, type Figures, type Pair } from "./media/down";
import { listenTo } from "./media/level";
import type { Line } from "./media/line";
import { watchNetwork } from "./media/network";
import { Place } from "./media/place";
import { Weakness } from "./media/rules";
import { Seen } from "./media/seen";
import { Slowness } from "./media/slow";
import { duckProgramme, playSound } from "./media/sound";
import { Up, type Wishes } from "./media/up";
import { Uplink } from "./media/uplink";
import { layersWanted, publications, upFull, upThin } from "./measured";
import { comeBack, wishToStay } from "./presence";
import type { SendWish, Text } from "./protocol";
import { isRefusal, link, localNow, me, mediaEpoch, quietCommand, view } from "./store";
import { PRESENT } from "./share/state";
import { isBeside, isDucked } from "./talk/lines";

export { cameraOn, local } from "./capture";
export { localLevel } from "./media/level";
export { audioBlocked, resumeAudio } from "./media/sound";

export interface RoomStreams {
  video: MediaStream;
  audio: MediaStream;
  /** Frames arrived within the last second. */
  moving: boolean;
  /** Pixels of its shorter side; 0 before the first picture. */
  lines: number;
  /** Why picture or sound are poor, in a few words; null while they are not. */
  weak: string | null;
}

export const streams = signal<Record<string, RoomStreams>>({});
/** This device's microphone is wanted, and goes out. */
export const soundFlows = signal(false);
/** 0..1 per room, and of what is heard beside the programme. */
export const levels = signal<Record<string, number>>({});

const LOOK_EVERY_MS = 500;
const SAMPLE_EVERY_MS = 1_000;
/** How often the server is told what is seen, ms. */
const SEEN_EVERY_MS = 5_000;
/** Loss above this share is heard and seen. */
const LOSS_LIMIT = 0.05;

const up = new Place<Up>();
const down = new Place<Down>();
let sentAudio: MediaStreamTrack | null = null;
let stops: (() => void)[] = [];

/**
 * Begins to receive and, where the role sends, to send. A moderator's and any other desk's
 * page enters the conference with this; a hall's page joins by `joinRoom` first.
 */
export async function startMedia(): Promise<void> {
  if (stops.length > 0) return;
  const looking = setInterval(reconcile, LOOK_EVERY_MS);
  const sampling = setInterval(() => {
    sample().catch(report);
    sampleUp().catch(report);
  }, SAMPLE_EVERY_MS);
  stops = [
    () => clearInterval(looking),
    () => clearInterval(sampling),
    watchNetwork(networkChanged),
    effect(useTracks),
    effect(() => duckProgramme(view.value !== null && isDucked(view.value))),
    effect(reconcileOnChange),
  ];
  const role = me.value?.role;
  if (role === "moderator" || role === "operator") await startCapture();
}

export function stopMedia(): void {
  for (const stop of stops) stop();
  stops = [];
  up.clear();
  down.clear();
  upFull.value = soundFlows.value = false;
  playSound({});
  streams.value = {};
  levels.value = {};
}

function networkChanged(): void {
  up.line?.networkChanged();
  down.line?.networkChanged();
  reconcile();
}

/** Camera and microphone for the own picture and the meter, before anything is sent. */
export async function startCapture(): Promise<void> {
  startLevel();
  await openCapture();
}

const startLevel = once(() => {
  watchInputs();
  effect(() => listenTo((local.value && trackOf("microphone")) ?? null));
});

function once(work: () => void): () => void {
  let done = false;
  return () => {
    if (!done) work();
    done = true;
  };
}

function report(error: unknown): void {
  console.warn("x media:", isRefusal(error) ? error.code : error);
}

/** Reads the signals that matter, so that a change acts at once and not at the next look. */
function reconcileOnChange(): void {
  void [link.value, mediaEpoch.value, me.value, local.value, cameraOn.value];
  void [layersWanted.value, publications.value, upThin.value];
  untracked(reconcile);
}

function reconcile(): void {
  wishToStay();
  comeBack().catch(report);
  const you = me.value;
  const inside = you?.device != null && !you.device.waiting;
  const key = `${mediaEpoch.value} ${you?.device?.id}`;
  const sending = inside && you.send !== null && local.value !== null;
  const upKey = `${key} ${publications.value}`;
  const open = link.value.state === "open";
  act(up, up.step(sending, upKey, open), () => you?.send && publish(upKey, you.send), restartUp);
  const receiving = inside && you.device?.kind !== "document";
  act(down, down.step(receiving, key, open), () => subscribe(key), restartDown);
  if (you?.send && up.line) up.line.follow(wishes(you.send)).catch(report);
  soundFlows.value = up.line?.health === "good" && !!you?.send?.audio;
}

function wishes(wish: SendWish): Wishes {
  const wanted = upFull.value ? [] : layersWanted.value;
  return { wish, cameraOn: cameraOn.value, wanted, thin: upThin.value };
}

function act<T extends Line>(
  place: Place<T>,
  step: string,
  open: () => void,
  restart: (line: T) => Promise<void>,
): void {
  const { line } = place;
  if (step === "open") {
    place.clear();
    open();
  } else if (step === "restart" && line) {
    line.restarting();
    restart(line).catch((error: unknown) => {
      report(error);
      if (!isRefusal(error)) return; // it has its time all the same
      if (error.uncertain || error.code === "no_link") line.notRestarted();
      else place.failed(line); // the server's no is final
    });
  } else if (step === "close") {
    place.clear();
  }
}

function tracks(): { audio: MediaStreamTrack | null; video: MediaStreamTrack | null } {
  return { audio: sentAudio, video: trackOf("camera") };
}

/** The sent sound is a copy: muting it leaves the meter alive. */
function useTracks(): void {
  const microphone = local.value && trackOf("microphone");
  sentAudio?.stop();
  sentAudio = microphone?.clone() ?? null;
  if (sentAudio) sentAudio.enabled = false;
  const line = up.line;
  if (line) line.use(tracks()).then(untrackedReconcile).catch(report);
}

function untrackedReconcile(): void {
  untracked(reconcile);
}

function publish(key: string, wish: SendWish): void {
  const line = new Up(key, tracks(), { ...wishes(wish), wanted: null }, untrackedReconcile);
  up.line = line;
  uplink = new Uplink();
  // Was said of the connection before. Last, for it makes everybody look again at once.
  layersWanted.value = null;
  negotiateUp(line).catch((error: unknown) => {
    report(error);
    up.failed(line);
  });
}

async function negotiateUp(line: Up): Promise<void> {
  const result = await quietCommand({ type: "media.publish", sdp: await line.offer() });
  if (up.line !== line) return;
  if (result?.type !== "published") throw new Error("media.publish: an answer is missing");
  await line.accept(result.sdp);
  untrackedReconcile();
}

async function restartUp(line: Up): Promise<void> {
  const sdp = await line.offer(true);
  const result = await quietCommand({ type: "media.restart", line: "up", sdp });
  if (up.line !== line) return;
  if (result?.type !== "published") throw new Error("media.restart: an answer is missing");
  await line.accept(result.sdp);
}

async function restartDown(line: Down): Promise<void> {
  const result = await quietCommand({ type: "media.restart", line: "down" });
  if (down.line !== line) return;
  if (result?.type !== "subscribed") throw new Error("media.restart: an offer is missing");
  await quietCommand({ type: "media.answer", sdp: await line.answer(result.sdp) });
  line.known();
}

function subscribe(key: string): void {
  const line = new Down(key, untrackedReconcile);
  down.line = line;
  negotiateDown(line).catch((error: unknown) => {
    report(error);
    down.failed(line);
  });
}

async function negotiateDown(line: Down): Promise<void> {
  const result = await quietCommand({ type: "media.subscribe" });
  if (down.line !== line) return;
  if (result?.type !== "subscribed") throw new Error("media.subscribe: an offer is missing");
  const sdp = await line.answer(result.sdp, result.slots);
  if (down.line !== line) return;
  show(line.pairs());
  await quietCommand({ type: "media.answer", sdp });
  line.known();
}

function show(pairs: Record<string, Pair>): void {
  const entries = Object.entries(pairs);
  const rooms = entries.filter(([slot]) => slot === PRESENT || !isBeside(slot));
  streams.value = Object.fromEntries(
    rooms.map(([room, pair]) => [room, { ...pair, moving: false, lines: 0, weak: null }]),
  );
  const sounds = entries.filter(([slot]) => slot !== PRESENT);
  playSound(Object.fromEntries(sounds.map(([room, pair]) => [room, pair.audio])));
  watch = new Map();
  seen = new Seen();
}

interface Watched {
  before: Figures | null;
  weakness: Weakness;
}

let watch = new Map<string, Watched>();
let seen = new Seen();
let seenAt = 0;

const WEAK = {
  still: { id: "gambar tersendat", en: "picture stalls" },
  loss: (percent: number): Text => ({ id: `paket hilang ${percent} %`, en: `${percent} % loss` }),
};

async function sample(): Promise<void> {
  const line = down.line;
  if (!line || document.hidden) return; // a hidden page decodes less: that is no weakness
  const figures = await line.figures();
  if (down.line !== line) return;
  tellSeen(figures);
  levels.value = Object.fromEntries([...figures].map(([room, now]) => [room, now.level]));
  const next = Object.fromEntries(
    Object.entries(streams.value).map(([room, one]) => [room, judged(room, one, figures.get(room))]),
  );
  const same = Object.entries(next).every(([room, one]) => streams.value[room] === one);
  if (!same) streams.value = next;
}

let uplink = new Uplink();
const slowness = new Slowness();

/** A full way up would hold back the server's word that the picture is to rest. */
async function sampleUp(): Promise<void> {
  const { line } = up;
  const sent = await line?.sent();
  if (up.line !== line) return;
  upFull.value = sent !== undefined && uplink.sample(sent, localNow());
  slowness.take(sent?.slow ?? null);
}

/** Freezes and made-up sound are known to the receiver alone. */
function tellSeen(figures: Map<string, Figures>): void {
  const now = localNow();
  if (now - seenAt < SEEN_EVERY_MS || link.value.state !== "open") return;
  seenAt = now;
  const rooms = new Map([...figures].filter(([slot]) => !isBeside(slot)));
  const body = { type: "media.seen", rooms: seen.report(rooms), cpu_percent: slowness.report(now) } as const;
  quietCommand(body).catch(report);
}

/** The same object while nothing has changed, so that pages are not drawn for nothing. */
function judged(room: string, one: RoomStreams, now: Figures | undefined): RoomStreams {
  const watched = watch.get(room) ?? { before: null, weakness: new Weakness() };
  watch.set(room, watched);
  const moving = now !== undefined && watched.before !== null && now.frames > watched.before.frames;
  const bad = now && watched.before && expected(room) ? trouble(watched.before, now, moving) : null;
  const weak = watched.weakness.sample(bad);
  watched.before = now ?? null;
  const lines = now?.lines ?? 0;
  const same = one.moving === moving && one.weak === weak && one.lines === lines;
  return same ? one : { ...one, moving, lines, weak };
}

/** What the server does not send now, as all halls when the hub alone is shown, is not missed. */
function expected(room: string): boolean {
  const found = view.value?.rooms.find((one) => one.code === room);
  const sent = me.value?.receive.some((one) => one.room === room && one.video);
  return !!sent && !!found && found.presence === "joined" && found.publishing && found.camera;
}

function trouble(before: Figures, now: Figures, moving: boolean): string | null {
  const lost = now.lost - before.lost;
  const share = lost / Math.max(1, lost + now.received - before.received);
  if (share > LOSS_LIMIT) return say(WEAK.loss(Math.round(share * 100)));
  return moving ? null : say(WEAK.still);
}
