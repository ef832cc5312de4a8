// The up connection of what is shown: one picture, whose letters stay sharp while its rate gives way.

import type { LayerName, SendWish } from "../protocol";
import { Line, type Send } from "./line";
import { type Encoding, encodingFor } from "./rules";

/** Pictures a second: of a screen or documents that everybody sees, and of those that only wait. */
const SHOWN_FPS = 15;
const WAITING_FPS = 5;
/** Temporal layers: on a narrow line the server leaves pictures out, not letters. */
const SCALABLE = { scalabilityMode: "L1T3" };

export interface Showing {
  wish: SendWish;
  /** What the server wants encoded; empty: nothing now; null: it has said nothing yet. */
  wanted: readonly LayerName[] | null;
  width: number;
  height: number;
}

/** How the one picture is encoded. Pure. */
export function showingFor({ wish, wanted, width, height }: Showing): Encoding & { maxFramerate: number } {
  const one = encodingFor(wish, wanted?.length !== 0, width, height);
  return { ...one, maxFramerate: wish.height > 180 ? SHOWN_FPS : WAITING_FPS };
}

export class ShowingLine extends Line {
  private readonly sender: RTCRtpSender;
  private settled = Promise.resolve();
  private last = "";

  constructor(key: string, track: MediaStreamTrack, wish: SendWish, send: Send, changed: () => void) {
    super("up", key, changed, send);
    const first = showingFor({ wish, wanted: null, ...sizeOf(track) });
    this.sender = this.add(track, first);
  }

  private add(track: MediaStreamTrack, first: Encoding): RTCRtpSender {
    for (const encoding of [{ ...first, ...SCALABLE }, first]) {
      try {
        const init: RTCRtpTransceiverInit = { direction: "sendonly", sendEncodings: [encoding] };
        return this.peer.addTransceiver(track, init).sender;
      } catch (error) {
        console.warn("- media showing: not all of it is supported:", error);
      }
    }
    return this.peer.addTransceiver(track, { direction: "sendonly" }).sender;
  }

  /** `iceRestart`: the same again, by another path. */
  async offer(iceRestart = false): Promise<string> {
    return this.described(await this.peer.createOffer({ iceRestart }));
  }

  async accept(answer: string): Promise<void> {
    await this.peer.setRemoteDescription({ type: "answer", sdp: answer });
    this.known();
  }

  /** Follows the server's wishes. One change after the other: parameters may not overlap. */
  follow(wish: SendWish, wanted: readonly LayerName[] | null): Promise<void> {
    const before = this.settled.catch(() => undefined);
    this.settled = before.then(() => this.encode(wish, wanted));
    return this.settled;
  }

  private async encode(wish: SendWish, wanted: readonly LayerName[] | null): Promise<void> {
    const { track } = this.sender;
    if (!track || this.peer.connectionState === "closed") return;
    const parameters = this.sender.getParameters();
    const [first] = parameters.encodings;
    if (!first) return; // before the answer there is nothing to set
    const next = showingFor({ wish, wanted, ...sizeOf(track) });
    const said = JSON.stringify(next);
    if (said === this.last) return; // to set the same again would cost a key frame
    Object.assign(first, next);
    parameters.degradationPreference = "maintain-resolution";
    await this.sender.setParameters(parameters);
    this.last = said;
  }
}

function sizeOf(track: MediaStreamTrack): { width: number; height: number } {
  const { width = 0, height = 0 } = track.getSettings();
  return { width, height };
}
