// Decisions about media connections. Pure: time and chance are arguments.

import type { SendWish } from "../protocol";

/** A connection that lost its path may find it again within this time, ms; then ICE is restarted. */
export const DISCONNECTED_MS = 1_500;
/** A restart has so long to find another path, ms; then a new connection is made. */
export const RESTART_MS = 6_000;
/** Longest way from a new connection to a connected one, ms. */
export const CONNECTING_MS = 12_000;
/** A restart is not disturbed by another one before this time, ms. */
export const AGAIN_MS = 2_000;
const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 4_000;

/** lost: ICE is to be restarted. broken: a new connection is to be made. */
export type Health = "good" | "trying" | "lost" | "broken";

export interface Life {
  state: RTCPeerConnectionState;
  /** Since when it is in that state, ms. */
  since: number;
  /** It was connected once. */
  stood: boolean;
  /** When ICE was restarted for the trouble at hand, ms. */
  restarted: number | null;
  /** This machine's network has changed since the last restart. */
  moved: boolean;
}

/** How a connection is at `now`, ms. */
export function health(life: Life, now: number): Health {
  const { state, since, stood, restarted, moved } = life;
  if (state === "closed") return "broken";
  if (stood && moved && (restarted === null || now - restarted > AGAIN_MS)) return "lost";
  if (restarted !== null && now - restarted <= RESTART_MS) return "trying";
  switch (state) {
    case "connected":
      return "good";
    case "failed":
      return stood && restarted === null ? "lost" : "broken";
    case "disconnected":
      if (restarted !== null) return "broken";
      return now - since > DISCONNECTED_MS ? "lost" : "trying";
    default:
      if (restarted !== null) return "broken";
      return now - since > CONNECTING_MS ? "broken" : "trying";
  }
}

/** The server takes UDP on the one bundled transport; other candidates say nothing. */
export function worthTelling(found: { candidate: string; sdpMLineIndex: number | null }): boolean {
  const protocol = found.candidate.split(" ")[2]?.toLowerCase();
  return protocol === "udp" && (found.sdpMLineIndex ?? 0) === 0;
}

export interface Situation {
  /** The signalling socket is open. */
  open: boolean;
  /** This device is to have the connection. */
  wanted: boolean;
  /** What a connection made now would belong to: the media plane's life and the device. */
  key: string;
  /** The connection at hand. */
  line: { key: string; health: Health } | null;
  /** No new connection before this time, ms. */
  notBefore: number;
  now: number;
}

export type Step = "keep" | "open" | "restart" | "close" | "wait";

/**
 * What to do with one connection. Without a socket nothing can be made, so whatever still
 * flows is kept; with one, what has lost its path looks for another, and what is broken or of
 * another life is made anew.
 */
export function nextStep(at: Situation): Step {
  if (!at.open) return "keep";
  if (!at.wanted) return at.line ? "close" : "keep";
  if (at.line && at.line.key === at.key && at.line.health !== "broken") {
    return at.line.health === "lost" ? "restart" : "keep";
  }
  return at.now >= at.notBefore ? "open" : "wait";
}

/** Wait before the try after `failures` failed ones, ms: doubling, with jitter, at most 4 s. */
export function retryDelay(failures: number, chance: number): number {
  const ceiling = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** failures);
  return RETRY_MIN_MS + chance * (ceiling - RETRY_MIN_MS);
}

export interface Encoding {
  active: boolean;
  /** Bits per second. */
  maxBitrate: number;
  scaleResolutionDownBy: number;
}

/**
 * How to encode a picture of `width` x `height` pixels so that it is as the server wants it.
 * The shorter side counts, so that a phone held upright is not made larger than wished.
 */
export function encodingFor(wish: SendWish, on: boolean, width: number, height: number): Encoding {
  const side = Math.min(width, height);
  return {
    active: on && wish.video,
    maxBitrate: Math.max(30, wish.max_kbps) * 1000,
    scaleResolutionDownBy: side > 0 && wish.height > 0 ? Math.max(1, side / wish.height) : 1,
  };
}

/** Loudness as a meter shows it, 0..1: -60 dBFS and below is nothing, full scale is 1. */
export function meterLevel(rms: number): number {
  return rms > 0 ? Math.min(1, Math.max(0, 1 + (20 * Math.log10(rms)) / 60)) : 0;
}

const WINDOW = 5;
const BAD_OF_WINDOW = 3;
const CLEAR_AFTER = 5;

/** Weak after 3 bad samples of 5; fine again after 5 good ones in a row. */
export class Weakness {
  private readonly recent: boolean[] = [];
  private good = 0;
  private reason: string | null = null;

  /** `bad` says why this second was poor; null: it was fine. */
  sample(bad: string | null): string | null {
    this.recent.push(bad !== null);
    if (this.recent.length > WINDOW) this.recent.shift();
    this.good = bad === null ? this.good + 1 : 0;
    if (bad !== null && this.recent.filter(Boolean).length >= BAD_OF_WINDOW) this.reason = bad;
    if (this.good >= CLEAR_AFTER) this.reason = null;
    return this.reason;
  }
}
