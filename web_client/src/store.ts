// What the pages read: the view of the conference, the link, the last refusal, the clock.

import { computed, effect, signal } from "@preact/signals";
import type { Refusal } from "./connection";
import { Connection } from "./connection";
import { takeDeed } from "./control/deeds";
import { lang } from "./i18n";
import { forgetMeasured, takeMeasured } from "./measured";
import type { CommandBody, IceServer, Ok, RoomView, Text, View, YouView } from "./protocol";
import { takeRecording } from "./recording";
import { takeChecks } from "./server";
import type { Effect, Link, TrialMessage } from "./session";
import { takeText } from "./talk/texts";
import { readServers, server, socketAddress, standby, writeServers } from "./servers";
import { readResume, readToken, writeResume } from "./token";

export type { Refusal } from "./connection";
export type { Link } from "./session";

const NOTICE_MS = 6_000;
/** A link that is back within this time, ms, was no interruption worth a word. */
const QUIET_MS = 700;

export const view = signal<View | null>(null);
export const link = signal<Link>({ state: "connecting" });
/** The sentence of the last refusal, for 6 s. */
export const notice = signal<Text | null>(null);
/** The server's time, Unix ms, once a second. */
export const clock = signal(Date.now());
/** Names the life of the media plane; null before the first welcome. */
export const mediaEpoch = signal<string | null>(null);
/** Servers through which media may go where the straight way is closed; fresh after each welcome. */
export const iceServers = signal<IceServer[]>([]);
/** True once the link has been away long enough to be said. Never before the first welcome. */
export const away = signal(false);

export const me = computed<YouView | null>(() => view.value?.you ?? null);
/** The room of the link, if it has one. */
export const myRoom = computed<RoomView | null>(() => {
  const code = view.value?.you.room;
  return (code && roomByCode(code)) || null;
});
/** Whole seconds since the link was lost; 0 while it stands. */
export const awaySeconds = computed(() => {
  const since = link.value.since;
  return away.value && since !== undefined ? Math.floor((clock.value - serverTime(since)) / 1000) : 0;
});

/** Reads `view`: a page that calls it follows the room. */
export function roomByCode(code: string): RoomView | null {
  return view.value?.rooms.find((room) => room.code === code) ?? null;
}

let connection: Connection | null = null;
let offset = 0;
let offsetError = Infinity;
let trialListener: ((message: TrialMessage) => void) | null = null;
let noticeTimer: ReturnType<typeof setTimeout> | undefined;
let awayTimer: ReturnType<typeof setTimeout> | undefined;
let clockTimer: ReturnType<typeof setTimeout> | undefined;

/** Local ms that no change of the computer's clock moves. */
export function localNow(): number {
  return performance.timeOrigin + performance.now();
}

function serverTime(local: number): number {
  return local + offset;
}

/** The server's time to the millisecond, for those who cannot wait for `clock`. */
export function serverNow(): number {
  return serverTime(localNow());
}

/** How far `serverNow` may be from the truth, ms; infinite before the first welcome. */
export function clockError(): number {
  return offsetError;
}

/** One listener hears all that the server says of trial calls. */
export function onTrial(listener: (message: TrialMessage) => void): void {
  trialListener = listener;
}

/** Loses the socket on purpose, to see how soon all is back. */
export function cutSocket(): void {
  connection?.cut();
}

/** Sends a command; rejects with a Refusal, whose sentence also stands in `notice`. */
export async function command(body: CommandBody): Promise<Ok["result"]> {
  try {
    return await quietCommand(body);
  } catch (error) {
    if (isRefusal(error)) tell(error.text);
    throw error;
  }
}

/** The same without a word to the person: for what nobody asked for by hand. */
export function quietCommand(body: CommandBody): Promise<Ok["result"]> {
  if (!connection) throw new Error("command before start");
  return connection.command(body);
}

/** For buttons: the sentence is in `notice`, nothing else is to be done. */
export function press(body: CommandBody): void {
  command(body).catch((error: unknown) => {
    if (!isRefusal(error)) throw error;
  });
}

export function isRefusal(error: unknown): error is Refusal {
  return typeof error === "object" && error !== null && "code" in error && "text" in error;
}

/** Shows a sentence for 6 s. */
export function tell(text: Text): void {
  clearTimeout(noticeTimer);
  notice.value = text;
  noticeTimer = setTimeout(() => (notice.value = null), NOTICE_MS);
}

/** The media's path is in trouble: a socket that died with it is soon replaced. */
export function doubtLink(): void {
  connection?.doubt();
}

/** The media's path is there again. */
export function hopeLink(): void {
  connection?.hope();
}

/** Come back after the server said goodbye for good (`Pakai di sini`). */
export function reconnect(): void {
  connection?.restart();
}

/** Connects, and stays connected until the page is closed or the server says a final bye. */
export function start(): void {
  if (connection) return;
  const token = readToken();
  if (!token) {
    link.value = { state: "closed", bye: { code: "bad_token", text: NO_TOKEN } };
    return;
  }
  const made = new Connection(
    { token, resume: readResume(token), lang: lang.value, life: newLife(), ...readServers() },
    { now: localNow, chance: Math.random, openSocket },
    { effect: (one) => take(one, token) },
  );
  connection = made;
  addEventListener("online", () => made.wake());
  addEventListener("pageshow", () => made.wake());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") made.wake();
  });
  keepTime();
  made.start();
}

/** Also without a secure context, where there is no randomUUID. */
function newLife(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((n) => n.toString(16).padStart(2, "0")).join("");
}

const NO_TOKEN: Text = {
  id: "Tautan ini tidak lengkap. Buka tautan dari penyelenggara sekali lagi, seluruhnya.",
  en: "This link is not complete. Open the organiser's link once more, all of it.",
};

/** A display that is fed by another page of this browser: what that page sees. `now`: its time. */
export function mirror(seen: View, at: Link, now: number): void {
  offset = now - localNow();
  view.value = seen;
  takeLink(at);
  if (clockTimer === undefined) keepTime();
}

function openSocket(at: string | null): WebSocket {
  server.value = at;
  return new WebSocket(socketAddress(at));
}

function keepTime(): void {
  clearTimeout(clockTimer);
  clock.value = serverNow();
  clockTimer = setTimeout(keepTime, 1000 - (clock.value % 1000));
}

function take(one: Effect, token: string): void {
  switch (one.do) {
    case "view":
      view.value = one.view;
      return;
    case "link":
      takeLink(one.link);
      return;
    case "clock":
      offset = one.offset;
      offsetError = one.error;
      return;
    case "ice":
      iceServers.value = one.servers;
      return;
    case "trial":
      trialListener?.(one.message);
      return;
    case "text":
      takeText(one.message);
      return;
    case "media":
      forgetMeasured();
      mediaEpoch.value = one.epoch;
      return;
    case "deed":
      takeDeed(one.deed);
      return;
    case "servers":
      writeServers(one);
      return;
    case "standby":
      standby.value = one.message;
      return;
    case "measured":
      takeMeasured(one.message, serverNow());
      return;
    case "recording":
      takeRecording(one.figures, serverNow());
      return;
    case "checks":
      takeChecks(one.checks);
      return;
    case "resume":
      writeResume(token, one.token);
  }
}

function takeLink(next: Link): void {
  link.value = next;
  const lost = next.since !== undefined && next.state !== "open" && next.state !== "closed";
  if (!lost) {
    clearTimeout(awayTimer);
    awayTimer = undefined;
    away.value = false;
  } else if (awayTimer === undefined) {
    awayTimer = setTimeout(() => (away.value = true), QUIET_MS);
  }
}

effect(() => {
  const title = view.value?.conference.title;
  const room = myRoom.value?.title;
  if (title) document.title = room ? `${room} · ${title}` : title;
});
