// Camera and microphone for a trial: the sound as it is, kept open until the run ends.

import type { CaptureKind, CaptureProblem } from "../capture";
import { problemFor, trackOf } from "../capture";
import { audioContext, wakeContext } from "../media/level";
import { meterLevel } from "../media/rules";
import type { DeviceFacts } from "../protocol";
import { glance } from "./glance";
import { trialLevel, trialPicture } from "./own";
import { limited, Unfinished } from "./wait";

/** A person may have to answer the browser's questions first; for both together, ms. */
const ASK_MS = 25_000;
const METER_MS = 100;
const SAMPLES = 1024;
const SHORT = 300;

type Opened = MediaStreamTrack | CaptureProblem | "unanswered";

export class Devices {
  private camera: MediaStreamTrack | null = null;
  private microphone: MediaStreamTrack | null = null;
  private session: MediaStreamTrack | null = null;
  private stopMeter: (() => void) | null = null;

  /** Opens both, each for itself: one that is missing does not hide the other. */
  async look(stop: AbortSignal): Promise<DeviceFacts> {
    this.close();
    const end = performance.now() + ASK_MS;
    const camera = await answered(this.openCamera(), ASK_MS, stop, "camera");
    this.camera = trackIn(camera); // held at once, so that whatever ends this closes it
    const left = end - performance.now();
    // No second question behind one that stands unanswered.
    const microphone =
      camera === "unanswered" ? camera : await answered(openSound(false), left, stop, "microphone");
    this.microphone = trackIn(microphone);
    this.listen(this.microphone);
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
      this.camera = trackIn(await inTime(this.openCamera(), ASK_MS, stop, "camera"));
      trialPicture.value = this.camera && new MediaStream([this.camera]);
    }
    return this.camera;
  }

  /** The sound for a call: as it is, or as the session sends it. */
  async audio(raw: boolean, stop: AbortSignal): Promise<MediaStreamTrack | null> {
    const held = raw ? this.microphone : this.session;
    if (held?.readyState === "live") return held;
    const opened = raw ? openSound(false) : sessionSound();
    const track = trackIn(await inTime(opened, ASK_MS, stop, "microphone"));
    if (raw) this.microphone = track;
    else this.session = track;
    this.listen(track);
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

  private listen(track: MediaStreamTrack | null): void {
    if (!track) return;
    this.stopMeter?.();
    this.stopMeter = meter(track);
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

/** Rejects as `limited` does; a track that comes later is closed, for nobody holds it. */
async function inTime(
  opening: Promise<Opened>,
  ms: number,
  stop: AbortSignal,
  what: string,
): Promise<Opened> {
  try {
    return await limited(opening, ms, stop, what);
  } catch (error) {
    opening.then(
      (late) => trackIn(late)?.stop(),
      (why: unknown) => console.warn("- trial device:", why),
    );
    throw error;
  }
}

/** A question that nobody answers is a finding, not a failure of the task. */
function answered(
  opening: Promise<Opened>,
  ms: number,
  stop: AbortSignal,
  what: string,
): Promise<Opened> {
  return inTime(opening, ms, stop, what).catch((error: unknown): Opened => {
    if (stop.aborted || !(error instanceof Unfinished)) throw error;
    return "unanswered";
  });
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
  const endWaking = wakeContext();
  return () => {
    clearInterval(timer);
    endWaking();
    source.disconnect();
  };
}
