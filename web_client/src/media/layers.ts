// Which encodings of the picture are sent. Pure.

import type { LayerName, SendWish } from "../protocol";
import { type Encoding, encodingFor } from "./rules";

/** What each layer is on a camera of 720p. Lowest first, as they are offered. */
const PLAN: { rid: LayerName; height: number; kbps: number }[] = [
  { rid: "q", height: 180, kbps: 150 },
  { rid: "h", height: 360, kbps: 400 },
  { rid: "f", height: 720, kbps: 1500 },
];
/** What a picture between 360 and 720 lines takes, kbit/s. */
const BETWEEN_KBPS = 700;
const FPS = 30;
/** Of what is but a thumbnail: half the pictures cost every hall half the packets. */
const THUMBNAIL_FPS = 15;
/** Lines that the server may name beyond the wish, for a moment: persons are counted on them. */
const LOOKED = 360;

export interface Layer extends Encoding {
  rid: LayerName;
  maxFramerate: number;
}

export interface Sending {
  wish: SendWish;
  cameraOn: boolean;
  /** Layers that somebody receives, as the server has said; null: it has said nothing yet. */
  wanted: readonly LayerName[] | null;
  width: number;
  height: number;
}

/**
 * The layers of a camera whose shorter side has `side` pixels; 0: not known. A layer that would be
 * hardly larger than the one below is left out.
 */
export function ridsFor(side: number): LayerName[] {
  const count = side === 0 || side >= 540 ? 3 : side >= 270 ? 2 : 1;
  return PLAN.slice(0, count).map((layer) => layer.rid);
}

/** The camera's shorter side: a phone held upright is not made larger than wished. */
export function sideOf({ width, height }: Pick<Sending, "width" | "height">): number {
  return Math.min(width, height);
}

/** How each of `rids` is to be encoded. The lowest is within every wish. */
export function layersFor(rids: readonly LayerName[], at: Sending): Layer[] {
  const on = at.cameraOn && at.wish.video;
  const side = sideOf(at);
  // The same for all: Chromium's encoder takes the lowest of them for every layer.
  const maxFramerate = at.wish.height > 180 ? FPS : THUMBNAIL_FPS;
  return PLAN.filter(({ rid }) => rids.includes(rid)).map(({ rid, height, kbps }) => {
    const top = rid === rids.at(-1) && rid !== "f";
    // The largest layer of a small camera is all of it, where that much is wished for.
    const lines = top ? Math.max(height, Math.min(at.wish.height, side)) : height;
    const most = lines > height ? BETWEEN_KBPS : kbps;
    const looked = height === LOOKED && (at.wanted?.includes(rid) ?? false);
    const within = rid === rids[0] || looked || height <= at.wish.height;
    const share = looked ? Math.max(kbps, at.wish.max_kbps) : at.wish.max_kbps;
    return {
      rid,
      active: on && within && (at.wanted?.includes(rid) ?? true),
      maxBitrate: Math.min(most, Math.max(30, share)) * 1000,
      scaleResolutionDownBy: side > 0 ? Math.max(1, side / lines) : 720 / height,
      maxFramerate,
    };
  });
}

/** The same where there is no simulcast: one encoding, as large as wished. */
export function singleFor(at: Sending): Encoding {
  const one = encodingFor(at.wish, at.cameraOn, at.width, at.height);
  return { ...one, active: one.active && at.wanted?.length !== 0 };
}
