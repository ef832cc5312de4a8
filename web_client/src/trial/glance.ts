// The camera as the browser itself sees it, before any encoder: how many frames, and do they change?

import { limited, sleep, Unfinished } from "./wait";

/** Frames are looked at for this long, ms. */
const GLANCE_MS = 1_200;
/** Points of the picture that are compared: far apart, each as the camera gave it. */
const ACROSS = 160;
const DOWN = 90;

export interface Glance {
  /** Per second; 0 for fewer than two. */
  fps: number;
  frames: number;
  /** Of these, how many differ from the one before. */
  changed: number;
}

/** null where the browser does not tell of each frame: an old one, or a page that nobody sees. */
export async function glance(track: MediaStreamTrack, stop: AbortSignal): Promise<Glance | null> {
  const video = document.createElement("video");
  if (!("requestVideoFrameCallback" in video) || document.hidden) return null;
  video.muted = true;
  video.playsInline = true;
  video.srcObject = new MediaStream([track]);
  const times: number[] = [];
  const frames = new Changes();
  const each = (now: number): void => {
    times.push(now);
    frames.take(video);
    video.requestVideoFrameCallback(each);
  };
  video.requestVideoFrameCallback(each);
  try {
    await limited(video.play(), GLANCE_MS, stop, "own picture");
    await sleep(GLANCE_MS, stop);
  } catch (error) {
    // A camera that is open and shows nothing is a finding, not a failure of the task.
    if (stop.aborted || !(error instanceof Unfinished || error instanceof DOMException)) throw error;
  } finally {
    video.srcObject = null;
  }
  return { fps: rate(times), frames: times.length, changed: frames.count };
}

/** A sensor's noise changes every frame; what repeats a picture repeats it to the last bit. */
class Changes {
  count = 0;
  private before: Uint32Array | null = null;
  private readonly brush: CanvasRenderingContext2D;

  constructor() {
    const canvas = document.createElement("canvas");
    canvas.width = ACROSS;
    canvas.height = DOWN;
    const brush = canvas.getContext("2d", { willReadFrequently: true });
    if (!brush) throw new Unfinished("no canvas");
    brush.imageSmoothingEnabled = false; // means over many pixels would hide the noise
    this.brush = brush;
  }

  take(video: HTMLVideoElement): void {
    this.brush.drawImage(video, 0, 0, ACROSS, DOWN);
    const points = new Uint32Array(this.brush.getImageData(0, 0, ACROSS, DOWN).data.buffer);
    if (this.before?.some((point, place) => point !== points[place])) this.count += 1;
    this.before = points;
  }
}

/** Frames per second of frames at these times, ms; 0 for fewer than two. */
export function rate(times: number[]): number {
  const first = times[0];
  const last = times.at(-1);
  if (first === undefined || last === undefined || last <= first) return 0;
  return Math.round(((times.length - 1) * 10_000) / (last - first)) / 10;
}
