// Camera and microphone for a trial: the sound as it is, kept open until the run ends.

import type { CaptureKind, CaptureProblem } from "../capture";
import { problemFor, trackOf } from "../capture";
import { audioContext } from "../media/level";
import { meterLevel } from "../media/rules";
import type { DeviceFacts } from "../protocol";
import { glance } from "./glance";
import { trialLevel, trialPicture } from "./own";
import { limited } from "./wait";

/** A person may have to answer the browser's question first, ms. */
const ASK_MS = 25_000;
const METER_MS = 100;
const SAMPLES = 1024;
const SHORT = 300;

type Opened = MediaStreamTrack | CaptureProblem;

export class Devices {
  private camera: MediaStreamTrack | null = null;
  private microphone: MediaStreamTrack | null = null;
  private session: MediaStreamTrack | null = null;
  private stopMeter: (() => void) | null = null;

  /** Opens both, each for itself: one that is missing does not hide the other. */
  async look(stop: AbortSignal): Promise<DeviceFacts> {
    this.close();
    const camera = await limited(this.openCamera(), ASK_MS, stop, "camera");
    const microphone = await limited(openSound(false), ASK_MS, stop, "microphone");
    this.camera = trackIn(camera);
    this.microphone = trackIn(microphone);
    if (this.microphone) this.stopMeter = meter(this.microphone);
    trialPicture.value = this.camera && new MediaStream([this.camera]);
    const { width = 0, height = 0, frameRate = 0 } = this.camera?.getSettings() ?? {};
    const seen = this.camera && (await glance(this.camera, stop));
    return {
      type: "devices",
      camera: label(this.camera),
      camera_problem: problemIn(camera),
      width,
      height,
      fps: seen ? seen.fps : frameRate,
      frames: seen ? seen.frames : null,
      changed: seen ? seen.changed : 0,
      microphone: label(this.microphone),
      microphone_problem: problemIn(microphone),
      speaker: await speakerName(),
    };
  }

  /** The camera for a call; null where there is none. */
  async video(stop: AbortSignal): Promise<MediaStreamTrack | null> {
    if (this.camera?.readyState !== "live") {
      this.camera = trackIn(await limited(this.openCamera(), ASK_MS, stop, "camera"));
      trialPicture.value = this.camera && new MediaStream([this.camera]);
    }
    return this.camera;
  }

  /** The sound for a call: as it is, or as the session sends it. */
  async audio(raw: boolean, stop: AbortSignal): Promise<MediaStreamTrack | null> {
    const held = raw ? this.microphone : this.session;
    if (held?.readyState === "live") return held;
    const opened = raw ? openSound(false) : sessionSound();
    const track = trackIn(await limited(opened, ASK_MS, stop, "microphone"));
    if (raw) this.microphone = track;
    else this.session = track;
    return track;
  }

  close(): void {
    this.stopMeter?.();
    this.stopMeter = null;
    for (const track of [this.camera, this.microphone, this.session]) track?.stop();
    this.camera = this.microphone = this.session = null;
    trialPicture.value = null;
    trialLevel.value = 0;
  }

  /** A camera that the page has open already is shared: some cannot be opened twice. */
  private async openCamera(): Promise<Opened> {
    const own = trackOf("camera");
    if (own?.readyState === "live") return own.clone();
    return open({
      video: {
        ...chosen("camera"),
        width: { ideal: 1280 },
        height: { ideal: 720 },
        frameRate: { ideal: 30, max: 30 },
      },
    });
  }
}

async function sessionSound(): Promise<Opened> {
  const own = trackOf("microphone");
  return own?.readyState === "live" ? own.clone() : openSound(true);
}

function openSound(treated: boolean): Promise<Opened> {
  return open({
    audio: {
      ...chosen("microphone"),
      echoCancellation: treated,
      noiseSuppression: treated,
      autoGainControl: treated,
    },
  });
}

/** The device that the page uses, so that the one that is tested is the one that will be used. */
function chosen(kind: CaptureKind): { deviceId?: { ideal: string } } {
  const id = trackOf(kind)?.getSettings().deviceId ?? localStorage.getItem(`vicon.input.${kind}`);
  return id ? { deviceId: { ideal: id } } : {};
}

async function open(wish: MediaStreamConstraints): Promise<Opened> {
  if (!navigator.mediaDevices) return "insecure";
  try {
    const [track] = (await navigator.mediaDevices.getUserMedia(wish)).getTracks();
    return track ?? "missing";
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return problemFor(error.name);
  }
}

function trackIn(opened: Opened): MediaStreamTrack | null {
  return typeof opened === "string" ? null : opened;
}

function problemIn(opened: Opened): string {
  return typeof opened === "string" ? opened : "";
}

function label(track: MediaStreamTrack | null): string {
  return (track?.label ?? "").slice(0, SHORT);
}

async function speakerName(): Promise<string> {
  const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  const speakers = all.filter((one) => one.kind === "audiooutput");
  const used = speakers.find((one) => one.deviceId === "default") ?? speakers[0];
  return (used?.label ?? "").slice(0, SHORT);
}

function meter(track: MediaStreamTrack): () => void {
  const audio = audioContext();
  const source = audio.createMediaStreamSource(new MediaStream([track]));
  const analyser = audio.createAnalyser();
  analyser.fftSize = SAMPLES;
  source.connect(analyser);
  const samples = new Float32Array(SAMPLES);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, x) => sum + x * x, 0) / SAMPLES;
    trialLevel.value = meterLevel(Math.sqrt(power));
  }, METER_MS);
  return () => {
    clearInterval(timer);
    source.disconnect();
  };
}
