// The two-way media call of a trial: sound in section 0, picture in section 1.

import type { Connected, DoCall } from "../protocol";
import { atEachPress } from "../media/press";
import { encodingFor } from "../media/rules";
import type { Devices } from "./devices";
import { receivedPicture, soundBlocked } from "./own";
import { Peer } from "./peer";
import { limited, sleep, Unfinished } from "./wait";

const LOOK_MS = 50;

/** The elements live in the page, or some browsers do not decode; nobody is to see them. */
const UNSEEN = { position: "fixed", left: "0", bottom: "0", width: "2px", height: "2px", opacity: "0.01" };

function hidden<T extends HTMLMediaElement>(element: T): T {
  Object.assign(element.style, UNSEEN, { pointerEvents: "none" });
  element.setAttribute("aria-hidden", "true");
  document.body.append(element);
  return element;
}

/**
 * Where camera and microphone are looked at: a small picture would hide that the camera is blurred.
 * Unknown to Firefox, which passes it over.
 */
async function keepSize(sender: RTCRtpSender): Promise<void> {
  await sender.setParameters({ ...sender.getParameters(), degradationPreference: "maintain-resolution" });
}

export class Call {
  readonly video: HTMLVideoElement;
  /** What is received, once it is. */
  sound: MediaStreamTrack | null = null;
  private readonly audio: HTMLAudioElement;
  private readonly peer: Peer;
  private readonly closed = new AbortController();

  constructor(
    run: string,
    private readonly task: DoCall,
    stop: AbortSignal,
  ) {
    this.peer = new Peer({ ...task, run }, stop); // first: when it throws, nothing stays in the page
    this.video = hidden(document.createElement("video"));
    this.audio = hidden(document.createElement("audio"));
    this.video.muted = true;
    this.video.playsInline = true;
    // Only the test that listens for its own echo needs the sound in the room.
    this.audio.muted = !task.raw_sound;
  }

  get rtc(): RTCPeerConnection {
    return this.peer.rtc;
  }

  async open(devices: Devices, stop: AbortSignal): Promise<Connected> {
    const sound = await devices.audio(this.task.raw_sound, stop);
    const picture = this.task.video ? await devices.video(stop) : null;
    this.rtc.addTransceiver(sound ?? "audio", { direction: "sendrecv" });
    const { sender } = this.rtc.addTransceiver(picture ?? "video", {
      direction: "sendrecv",
      sendEncodings: [this.encoding(picture)],
    });
    if (this.task.raw_sound) await keepSize(sender);
    this.rtc.ontrack = ({ track }) => this.receive(track);
    return this.peer.open();
  }

  /** Resolves once packets have come in since this was asked. */
  async flows(ms: number, stop: AbortSignal): Promise<void> {
    const before = await this.received();
    const look = async (): Promise<void> => {
      while ((await this.received()) <= before) await sleep(LOOK_MS, stop);
    };
    await limited(look(), ms, stop, "no packets");
  }

  close(): void {
    this.closed.abort();
    this.rtc.ontrack = null;
    this.peer.close();
    for (const player of [this.video, this.audio]) {
      player.pause();
      player.srcObject = null;
      player.remove();
    }
    receivedPicture.value = null;
    soundBlocked.value = false;
  }

  private encoding(track: MediaStreamTrack | null): RTCRtpEncodingParameters {
    const { width = 0, height = 0 } = track?.getSettings() ?? {};
    const { max_kbps, height: wish } = this.task;
    return encodingFor({ audio: true, video: true, height: wish, max_kbps }, true, width, height);
  }

  private receive(track: MediaStreamTrack): void {
    const player = track.kind === "video" ? this.video : this.audio;
    player.srcObject = new MediaStream([track]);
    if (track.kind === "audio") this.sound = track;
    if (track.kind === "video") receivedPicture.value = player.srcObject;
    player.play().catch((error: unknown) => {
      if (!(error instanceof DOMException)) throw error;
      if (error.name === "AbortError") return; // closed meanwhile
      if (track.kind === "audio") this.waitForClick();
    });
  }

  private waitForClick(): void {
    const { signal } = this.closed;
    if (signal.aborted) return;
    soundBlocked.value = true;
    const again = (): void => {
      this.audio.play().then(heard, (error: unknown) => console.warn("- trial sound:", error));
    };
    const end = atEachPress(again);
    const heard = (): void => {
      soundBlocked.value = false;
      end();
    };
    signal.addEventListener("abort", end, { once: true });
  }

  private async received(): Promise<number> {
    if (this.rtc.connectionState === "closed") throw new Unfinished("the call is closed");
    const inbound = [...(await this.rtc.getStats()).values()].filter((one) => one.type === "inbound-rtp");
    return inbound.reduce((sum: number, one) => sum + (one.packetsReceived ?? 0), 0);
  }
}
