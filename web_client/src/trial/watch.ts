// Observes the open call: each picture as it is shown, and the statistics of the watch.

import type { DoWatch, SeenFrames, SeenPicture, Watched } from "../protocol";
import { clockError, serverNow } from "../store";
import { type Shown, soundAfterPicture } from "./chirp";
import { Ear } from "./ear";
import { base64, figures, greyOf, type InboundStat } from "./figures";
import { markRows, readMark } from "./mark";
import { sleep } from "./wait";

const FRAMES_KEPT = 4_000;
/** A picture this large carries its mark well, and reading it costs little. */
const WIDTH = 320;
const HEIGHT = 180;
/** Times after this many frames the whole picture is kept: it is to be one of the last. */
const KEEP_EVERY = 15;

export async function watch(
  task: DoWatch,
  rtc: RTCPeerConnection,
  video: HTMLVideoElement,
  sound: MediaStreamTrack | null,
  stop: AbortSignal,
): Promise<Watched> {
  const before = await inbound(rtc);
  const began = performance.now();
  const eye = new Eye(video);
  const ear = sound && new Ear(sound);
  try {
    await sleep(task.seconds * 1000, stop);
  } finally {
    eye.close();
    ear?.close();
  }
  const error = clockError();
  return {
    type: "watched",
    seconds: (performance.now() - began) / 1000,
    ...figures(before, await inbound(rtc)),
    frames: eye.frames(),
    av_offset_ms: ear && soundAfterPicture(ear.chirps, eye.shown()),
    clock_error_ms: Number.isFinite(error) ? error : null,
    picture: eye.picture(),
  };
}

async function inbound(rtc: RTCPeerConnection): Promise<InboundStat[]> {
  return [...(await rtc.getStats()).values()].filter((one) => one.type === "inbound-rtp");
}

/** Looks at every frame that a browser says it has shown. */
class Eye {
  private readonly seen: SeenFrames = { rtp: [], arrived: [], shown: [], mark: [] };
  private readonly brush: CanvasRenderingContext2D | null;
  private readonly marks: Shown[] = [];
  private kept: { mark: number; data: Uint8ClampedArray } | null = null;
  private untimed = false;
  private request = 0;

  constructor(private readonly video: HTMLVideoElement) {
    const canvas = document.createElement("canvas");
    canvas.width = WIDTH;
    canvas.height = HEIGHT;
    this.brush = canvas.getContext("2d", { willReadFrequently: true });
    if (this.possible) this.next();
  }

  /** null: this browser does not tell of single frames, or not by which packets they came. */
  frames(): SeenFrames | null {
    return this.possible && !this.untimed ? this.seen : null;
  }

  /** Times of performance.now(). */
  shown(): Shown[] {
    return this.marks;
  }

  /** Reckoned here, after the watch: it would hold up the frames. */
  picture(): SeenPicture | null {
    if (!this.kept) return null;
    const { mark, data } = this.kept;
    return { mark, width: WIDTH, height: HEIGHT, luma: base64(greyOf(data)) };
  }

  close(): void {
    if (this.possible) this.video.cancelVideoFrameCallback(this.request);
  }

  private get possible(): boolean {
    return "requestVideoFrameCallback" in this.video;
  }

  private next(): void {
    this.request = this.video.requestVideoFrameCallback((_, frame) => {
      this.next();
      this.take(frame);
    });
  }

  private take(frame: VideoFrameCallbackMetadata): void {
    if (frame.rtpTimestamp === undefined) {
      this.untimed = true;
      return;
    }
    if (this.seen.rtp.length >= FRAMES_KEPT) return;
    const ahead = serverNow() - performance.now();
    this.seen.rtp.push(frame.rtpTimestamp >>> 0);
    this.seen.arrived.push(frame.receiveTime === undefined ? 0 : frame.receiveTime + ahead);
    this.seen.shown.push(frame.presentationTime + ahead);
    const mark = this.look();
    this.seen.mark.push(mark);
    this.marks.push({ at: frame.expectedDisplayTime, mark });
  }

  private look(): number {
    const { brush } = this;
    if (!brush) return -2;
    brush.drawImage(this.video, 0, 0, WIDTH, HEIGHT);
    const band = brush.getImageData(0, 0, WIDTH, markRows(HEIGHT));
    const mark = readMark(band.data, WIDTH, HEIGHT);
    const due = this.seen.rtp.length % KEEP_EVERY === 0;
    if (mark >= 0 && (due || !this.kept)) {
      this.kept = { mark, data: brush.getImageData(0, 0, WIDTH, HEIGHT).data };
    }
    return mark;
  }
}
