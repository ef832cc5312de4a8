// What a browser's statistics say of a watch. Pure. A field that a browser lacks gives null, not 0.

import type { Watched } from "../protocol";

/** W3C webrtc-stats, RTCInboundRtpStreamStats: the members that are read here. */
export interface InboundStat {
  type: string;
  kind?: string;
  packetsReceived?: number;
  packetsLost?: number;
  framesDecoded?: number;
  frameWidth?: number;
  frameHeight?: number;
  freezeCount?: number;
  /** Seconds. */
  totalFreezesDuration?: number;
  concealedSamples?: number;
  silentConcealedSamples?: number;
  totalSamplesReceived?: number;
}

export type Figures = Pick<
  Watched,
  | "decoded"
  | "width"
  | "height"
  | "freezes"
  | "frozen_ms"
  | "packets"
  | "lost"
  | "concealed_percent"
>;

/** From the statistics at the beginning and at the end of a watch. */
export function figures(before: InboundStat[], after: InboundStat[]): Figures {
  const [video, videoBefore] = [of(after, "video"), of(before, "video")];
  const rise = (name: NumberName, scale = 1): number | null => grown(videoBefore, video, name, scale);
  return {
    decoded: rise("framesDecoded"),
    width: video?.frameWidth ?? 0,
    height: video?.frameHeight ?? 0,
    freezes: rise("freezeCount"),
    frozen_ms: rise("totalFreezesDuration", 1000),
    packets: together(before, after, "packetsReceived"),
    lost: together(before, after, "packetsLost", false),
    concealed_percent: concealed(of(before, "audio"), of(after, "audio")),
  };
}

type NumberName = {
  [K in keyof InboundStat]-?: InboundStat[K] extends number | undefined ? K : never;
}[keyof InboundStat];

function of(stats: InboundStat[], kind: "audio" | "video"): InboundStat | undefined {
  return stats.find((one) => one.type === "inbound-rtp" && one.kind === kind);
}

/** A counter that is not there at the beginning began at 0 with its stream. */
function grown(
  before: InboundStat | undefined,
  after: InboundStat | undefined,
  name: NumberName,
  scale = 1,
  falls = false,
): number | null {
  const now = after?.[name];
  if (now === undefined) return null;
  const risen = now - (before?.[name] ?? 0);
  return (falls ? risen : Math.max(0, risen)) * scale;
}

/** Sound and picture; packetsLost may fall, when a late packet comes after all (RFC 3550, 6.4.1). */
function together(
  before: InboundStat[],
  after: InboundStat[],
  name: "packetsReceived" | "packetsLost",
  rises = true,
): number | null {
  const kinds = ["audio", "video"] as const;
  const sums = kinds.map((kind) => grown(of(before, kind), of(after, kind), name, 1, !rises));
  const known = sums.filter((sum) => sum !== null);
  return known.length > 0 ? known.reduce((a, b) => a + b, 0) : null;
}

/** Share of the sound that had to be made up, without the silence of a sender that rests. */
function concealed(before: InboundStat | undefined, after: InboundStat | undefined): number | null {
  const all = grown(before, after, "totalSamplesReceived");
  const made = grown(before, after, "concealedSamples");
  const silent = grown(before, after, "silentConcealedSamples") ?? 0;
  if (all === null || made === null || all === 0) return null;
  return Math.min(100, Math.max(0, ((made - silent) * 100) / all));
}

/** Grey of RGBA bytes: ITU-R BT.601, 2.5.1. */
export function greyOf(rgba: Uint8ClampedArray): Uint8Array {
  const grey = new Uint8Array(rgba.length / 4);
  const at = (place: number): number => rgba[place] ?? 0;
  for (let i = 0; i < grey.length; i++) {
    grey[i] = Math.round(0.299 * at(i * 4) + 0.587 * at(i * 4 + 1) + 0.114 * at(i * 4 + 2));
  }
  return grey;
}

/** RFC 4648, 4. */
export function base64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** The limit of the picture's encoder at `at_s` of a load, kbit/s: rises evenly, then holds. */
export function rampAt(at_s: number, from_kbps: number, to_kbps: number, ramp_s: number): number {
  const share = ramp_s > 0 ? Math.min(1, Math.max(0, at_s / ramp_s)) : 1;
  return Math.round(from_kbps + share * (to_kbps - from_kbps));
}

/** What is sent below this share of the wish means that the sender, not the line, is the limit. */
const ENOUGH = 0.85;

/** W3C webrtc-stats, RTCOutboundRtpStreamStats: the members that are read here. */
export interface OutboundStat {
  type: string;
  /** Milliseconds. */
  timestamp: number;
  bytesSent?: number;
  headerBytesSent?: number;
  qualityLimitationReason?: string;
}

/** Bit rate between two looks, kbit/s, RTP headers included; null where it cannot be known. */
export function sentKbps(before: OutboundStat | undefined, after: OutboundStat | undefined): number | null {
  if (!before || !after || after.timestamp <= before.timestamp) return null;
  if (before.bytesSent === undefined || after.bytesSent === undefined) return null;
  const bytes = (one: OutboundStat): number => (one.bytesSent ?? 0) + (one.headerBytesSent ?? 0);
  return ((bytes(after) - bytes(before)) * 8) / (after.timestamp - before.timestamp);
}

/** This station could not send as much as told. */
export function wasLimited(
  kbps: number | null,
  wish_kbps: number,
  reason: string | undefined,
): boolean {
  return reason === "cpu" || kbps === null || kbps < ENOUGH * wish_kbps;
}
