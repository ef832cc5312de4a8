// The up connection: this hall's camera and microphone, as the server wishes to have them.

import type { LayerName, SendWish } from "../protocol";
import { type Layer, layersFor, ridsFor, type Sending, sideOf, singleFor } from "./layers";
import { Line } from "./line";
import type { Encoding } from "./rules";
import type { Sent } from "./uplink";

export interface Tracks {
  audio: MediaStreamTrack | null;
  video: MediaStreamTrack | null;
}

/** What decides how the picture is encoded, beside the camera itself. */
export type Wishes = Omit<Sending, "width" | "height"> & {
  /** The way up carries sound alone, barely. */
  thin: boolean;
};

/** Speech, clear; what a narrow line carries for the floor alone. */
const SOUND: RTCRtpEncodingParameters = { maxBitrate: 32_000 };
/** Speech still, where even that is too much for the way up. */
const THIN_SOUND: RTCRtpEncodingParameters = { maxBitrate: 20_000 };
/** Temporal layers: the server may leave out every second picture. Not all browsers know it. */
const SCALABLE = { scalabilityMode: "L1T2" };
/** UDP, IPv4 and the tag of SRTP, bytes a packet. */
const AROUND = 44;

/** `slow`: seconds in which this machine could not encode as wished; null: not known. */
export type Uploaded = Sent & { slow: number | null };

export class Up extends Line {
  private readonly audio: RTCRtpSender;
  private readonly video: RTCRtpSender;
  private readonly rids: LayerName[];
  private settled = Promise.resolve();
  private preferred = false;

  constructor(key: string, tracks: Tracks, wishes: Wishes, changed: () => void) {
    super("up", key, changed);
    this.audio = this.add(tracks.audio ?? "audio", [SOUND]);
    const at = { ...wishes, ...sizeOf(tracks.video) };
    this.rids = ridsFor(sideOf(at));
    this.video = this.addVideo(tracks.video ?? "video", layersFor(this.rids, at));
  }

  private add(what: MediaStreamTrack | string, sendEncodings: RTCRtpEncodingParameters[]): RTCRtpSender {
    return this.peer.addTransceiver(what, { direction: "sendonly", sendEncodings }).sender;
  }

  /** Simulcast, as far as the browser takes it. */
  private addVideo(what: MediaStreamTrack | string, layers: Layer[]): RTCRtpSender {
    const first = layers[0];
    for (const tried of [layers.map((one) => ({ ...one, ...SCALABLE })), layers]) {
      // One layer needs no name; then it is no simulcast.
      const encodings = tried.length > 1 ? tried : tried.map(({ rid: _, ...one }) => one);
      try {
        return this.add(what, encodings);
      } catch (error) {
        // TypeError, RangeError, OperationError: this browser cannot.
        console.warn("- media up: not all of it is supported:", error);
      }
    }
    return this.add(what, [{ active: first?.active ?? true }]);
  }

  /** `iceRestart`: the same again, by another path. */
  async offer(iceRestart = false): Promise<string> {
    return this.described(await this.peer.createOffer({ iceRestart }));
  }

  async accept(answer: string): Promise<void> {
    await this.peer.setRemoteDescription({ type: "answer", sdp: answer });
    this.known();
  }

  /** Another camera or microphone, or none; the connection stays. */
  async use(tracks: Tracks): Promise<void> {
    await Promise.all([
      replace(this.audio, tracks.audio),
      replace(this.video, tracks.video),
    ]);
  }

  /** Follows the server's wishes. One change after the other: parameters may not overlap. */
  follow(wishes: Wishes): Promise<void> {
    if (this.audio.track) this.audio.track.enabled = wishes.wish.audio;
    // One that failed was told to its caller: it must not stop those after it.
    const before = this.settled.catch(() => undefined);
    this.settled = before.then(() => this.encode(wishes)).then(() => this.speak(wishes.thin));
    return this.settled;
  }

  async sent(): Promise<Uploaded> {
    const sum: Uploaded = { octets: 0, frames: 0, lost: null, reportedAt: 0, slow: null };
    for (const one of (await this.stats()).values()) {
      if (one.type === "outbound-rtp") {
        sum.octets += (one.bytesSent ?? 0) + (one.headerBytesSent ?? 0) + AROUND * (one.packetsSent ?? 0);
        sum.frames += one.framesSent ?? 0;
        // One encoder for all layers.
        const slow = one.qualityLimitationDurations?.cpu;
        if (slow !== undefined) sum.slow = Math.max(sum.slow ?? 0, slow);
      } else if (one.type === "remote-inbound-rtp" && one.kind === "audio") {
        sum.lost = one.fractionLost ?? null;
        sum.reportedAt = one.timestamp;
      }
    }
    return sum;
  }

  private async speak(thin: boolean): Promise<void> {
    if (this.peer.connectionState === "closed") return;
    const parameters = this.audio.getParameters();
    const { maxBitrate } = thin ? THIN_SOUND : SOUND;
    const [first] = parameters.encodings;
    if (!first || first.maxBitrate === maxBitrate) return;
    first.maxBitrate = maxBitrate;
    await this.audio.setParameters(parameters);
  }

  private async encode(wishes: Wishes): Promise<void> {
    const track = this.video.track;
    if (!track || this.peer.connectionState === "closed") return;
    const parameters = this.video.getParameters();
    const { encodings } = parameters;
    if (encodings.length === 0) return; // before the answer there is nothing to set; accept() comes first
    const wanted = this.encodingsFor(encodings.length, { ...wishes, ...sizeOf(track) });
    const same = encodings.every((one, n) => isSame(one, wanted[n]));
    if (same && this.preferred) return; // to set the same again would cost a key frame
    encodings.forEach((one, n) => Object.assign(one, wanted[n]));
    // A face in a hall: sharp enough to read, smooth enough to live.
    parameters.degradationPreference = "balanced";
    await this.video.setParameters(parameters);
    this.preferred = true;
  }

  /** A server that declines simulcast leaves one encoding. */
  private encodingsFor(count: number, at: Sending): (Encoding | undefined)[] {
    if (count === 1) return [singleFor(at)];
    return layersFor(this.rids, at).map(({ rid: _, ...one }) => one);
  }
}

function isSame(now: RTCRtpEncodingParameters, wanted: Encoding | undefined): boolean {
  return Object.entries(wanted ?? {}).every(([name, value]) => Reflect.get(now, name) === value);
}

function sizeOf(track: MediaStreamTrack | null): { width: number; height: number } {
  const { width = 0, height = 0 } = track?.getSettings() ?? {};
  return { width, height };
}

async function replace(sender: RTCRtpSender, track: MediaStreamTrack | null): Promise<void> {
  if (sender.track !== track) await sender.replaceTrack(track);
}
