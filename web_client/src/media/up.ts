// The up connection: this hall's camera and microphone, as the server wishes to have them.

import type { SendWish } from "../protocol";
import { Line } from "./line";
import { encodingFor } from "./rules";

export interface Tracks {
  audio: MediaStreamTrack | null;
  video: MediaStreamTrack | null;
}

export class Up extends Line {
  private readonly audio: RTCRtpSender;
  private readonly video: RTCRtpSender;
  private settled = Promise.resolve();

  constructor(key: string, tracks: Tracks, changed: () => void) {
    super("up", key, changed);
    const make = (kind: "audio" | "video", track: MediaStreamTrack | null): RTCRtpSender =>
      this.peer.addTransceiver(track ?? kind, { direction: "sendonly", sendEncodings: [{}] }).sender;
    this.audio = make("audio", tracks.audio);
    this.video = make("video", tracks.video);
  }

  async offer(): Promise<string> {
    return this.described(await this.peer.createOffer());
  }

  async accept(answer: string): Promise<void> {
    await this.peer.setRemoteDescription({ type: "answer", sdp: answer });
  }

  /** Another camera or microphone, or none; the connection stays. */
  async use(tracks: Tracks): Promise<void> {
    await Promise.all([
      replace(this.audio, tracks.audio),
      replace(this.video, tracks.video),
    ]);
  }

  /** Follows the server's wish. One change after the other: parameters may not overlap. */
  follow(wish: SendWish, cameraOn: boolean): Promise<void> {
    if (this.audio.track) this.audio.track.enabled = wish.audio;
    this.settled = this.settled.then(() => this.encode(wish, cameraOn));
    return this.settled;
  }

  private async encode(wish: SendWish, cameraOn: boolean): Promise<void> {
    const track = this.video.track;
    if (!track || this.peer.connectionState === "closed") return;
    const parameters = this.video.getParameters();
    const encoding = parameters.encodings[0];
    if (!encoding) return; // before the answer there is nothing to set; accept() comes first
    const { width = 0, height = 0 } = track.getSettings();
    const wanted = encodingFor(wish, cameraOn, width, height);
    if (Object.entries(wanted).every(([name, value]) => Reflect.get(encoding, name) === value)) return;
    Object.assign(encoding, wanted);
    // A face in a hall: sharp enough to read, smooth enough to live.
    parameters.degradationPreference = "balanced";
    await this.video.setParameters(parameters);
  }
}

async function replace(sender: RTCRtpSender, track: MediaStreamTrack | null): Promise<void> {
  if (sender.track !== track) await sender.replaceTrack(track);
}
