// What the server measures: what this device should encode, how its own line is, how all rooms are.

import { computed, signal } from "@preact/signals";
import { decimal } from "./format";
import { lang } from "./i18n";
import { media } from "./i18n/media";
import { Weakness } from "./media/rules";
import type {
  DeviceFigures,
  LayerName,
  LineView,
  MediaAgain, MediaFigures,
  MediaLayers,
  MediaLine,
} from "./protocol";

/** What the server says of the media plane. */
export type MediaMessage = MediaLayers | MediaLine | MediaAgain | MediaFigures;

/** Figures that are older are not true any more, ms. */
export const FRESH_MS = 6_000;

/** How often the server wanted the up connection offered anew. */
export const publications = signal(0);
/** Layers that somebody receives; null until the server has said so for this connection. */
export const layersWanted = signal<readonly LayerName[] | null>(null);
/** This device's own line; null while nothing is known. */
export const ownLine = signal<MediaLine | null>(null);
/** This page sees by itself that its way up has no room for a picture. */
export const upFull = signal(false);
/** Its way up carries sound alone. */
export const upThin = computed(() => upFull.value || ownLine.value?.up?.limit === "sound");

export interface RoomMeasured {
  /** When it came, Unix ms. */
  at: number;
  figures: DeviceFigures;
  /** Why the room's line is poor, in a few words; null while it is not. */
  weak: string | null;
}

/** By room; for moderators and technicians. */
export const rooms = signal<Readonly<Record<string, RoomMeasured>>>({});

const weakness = new Map<string, Weakness>();
/** Loss above this share is heard and seen, percent. */
const LOSS_LIMIT = 5;

export function takeMeasured(message: MediaMessage, now: number): void {
  switch (message.type) {
    case "media_layers":
      layersWanted.value = message.layers;
      return;
    case "media_again":
      publications.value++;
      return;
    case "media_line":
      ownLine.value = message;
      return;
    case "media_figures":
      takeFigures(message.rooms, now);
  }
}

/** A new visit, or a new life of the media plane: what was said is void. */
export function forgetMeasured(): void {
  ownLine.value = null;
  rooms.value = {};
  weakness.clear();
}

function takeFigures(told: readonly DeviceFigures[], now: number): void {
  const kept = Object.entries(rooms.value).filter(([, one]) => now - one.at <= FRESH_MS);
  const next = Object.fromEntries(kept);
  for (const figures of told) {
    if (figures.room !== null) next[figures.room] = { at: now, figures, weak: judge(figures.room, figures) };
  }
  rooms.value = next;
}

/** A limit is a decision of the server and holds at once; loss must last to be worth a word. */
function judge(room: string, { up, down }: DeviceFigures): string | null {
  const seen = weakness.get(room) ?? new Weakness();
  weakness.set(room, seen);
  const loss = (line: LineView | null, said: (percent: number) => string): string | null =>
    line && line.lost_percent > LOSS_LIMIT ? said(Math.round(line.lost_percent)) : null;
  const lossy = seen.sample(loss(up, media.roomUpLoss) ?? loss(down, media.roomDownLoss));
  if (up?.limit === "sound") return media.roomUpSound(decimal(up.kbps, 0, lang.peek()));
  if (!down?.limit) return lossy;
  const said = down.limit === "sound" ? media.roomSound : media.roomReduced;
  return said(decimal(down.available_kbps ?? down.kbps, 0, lang.peek()));
}

/** Why a room's picture is held back from this device. plan: its own fallback plan. */
export type Held = "bandwidth" | "codec" | "uplink" | "plan" | "server";

/** Null while it is not. A page that calls it follows the line. */
export function heldBack(room: string): Held | null {
  const { why } = ownLine.value?.paused.find((one) => one.room === room && one.kind === "video") ?? {};
  return why === "bandwidth" || why === "codec" || why === "uplink" ? why : null;
}

/** What is known of a room at `now` (Unix ms); null when nothing, or nothing fresh. */
export function measuredOf(room: string, now: number): RoomMeasured | null {
  const found = rooms.value[room];
  return found && now - found.at <= FRESH_MS ? found : null;
}
