// The load up: noise that no encoder can make small, on a connection of its own.

import type { DoLoadUp, Loaded } from "../protocol";
import { type OutboundStat, rampAt, sentKbps, wasLimited } from "./figures";
import { browserName } from "./offer";
import { Peer } from "./peer";
import { sleep } from "./wait";

interface Size {
  width: number;
  height: number;
}

const SMALL: Size = { width: 320, height: 180 };
/** Firefox gives a picture only as many bits as it thinks its size deserves. */
const LARGE: Size = { width: 1280, height: 720 };
const FPS = 30;
const STEP_MS = 100;
/** The rate is judged over the end of the load, s. */
const JUDGED_S = 1.5;

export async function loadUp(run: string, asked: DoLoadUp, stop: AbortSignal): Promise<Loaded> {
  const firefox = browserName(navigator.userAgent).startsWith("Firefox");
  const task = firefox ? withoutRamp(asked) : asked;
  const peer = new Peer({ ...task, run }, stop);
  let noise: Noise | null = null;
  try {
    noise = new Noise(firefox ? LARGE : SMALL);
    const { sender } = peer.rtc.addTransceiver(noise.track, {
      direction: "sendonly",
      sendEncodings: [{ maxBitrate: task.from_kbps * 1000 }],
    });
    const { connected } = await peer.open();
    if (!connected) return { type: "loaded", connected: false, limited: false };
    return { type: "loaded", connected: true, limited: await climb(task, sender, stop) };
  } finally {
    noise?.close();
    peer.close();
  }
}

/** Firefox climbs by itself, and far slower each time its limit is set anew: 0.4 Mbit/s against 3. */
function withoutRamp(task: DoLoadUp): DoLoadUp {
  return { ...task, from_kbps: task.to_kbps, ramp_s: 0 };
}

/** Follows the ramp to its end; true when this browser could not send enough. */
async function climb(task: DoLoadUp, sender: RTCRtpSender, stop: AbortSignal): Promise<boolean> {
  const began = performance.now();
  let early: OutboundStat | undefined;
  let at = 0;
  while (at < task.seconds) {
    await allow(sender, rampAt(at, task.from_kbps, task.to_kbps, task.ramp_s));
    if (at >= task.seconds - JUDGED_S) early ??= await outbound(sender);
    await sleep(STEP_MS, stop);
    at = (performance.now() - began) / 1000;
  }
  const late = await outbound(sender);
  return wasLimited(sentKbps(early, late), task.to_kbps, late?.qualityLimitationReason);
}

async function allow(sender: RTCRtpSender, kbps: number): Promise<void> {
  const parameters = sender.getParameters();
  const encoding = parameters.encodings[0];
  if (!encoding || encoding.maxBitrate === kbps * 1000) return;
  encoding.maxBitrate = kbps * 1000;
  await sender.setParameters(parameters);
}

async function outbound(sender: RTCRtpSender): Promise<OutboundStat | undefined> {
  return [...(await sender.getStats()).values()].find((one) => one.type === "outbound-rtp");
}

/** A sheet of noise, drawn at another height each time: nothing in a frame foretells the next. */
class Noise {
  readonly track: MediaStreamTrack;
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly sheets: HTMLCanvasElement[];

  constructor({ width, height }: Size) {
    const sheet = canvas(width, height * 2);
    brushOf(sheet).putImageData(noisePixels(width, height * 2), 0, 0);
    const shown = canvas(width, height);
    this.sheets = [sheet, shown];
    const brush = brushOf(shown);
    const draw = (): void => brush.drawImage(sheet, 0, -Math.floor(Math.random() * height));
    draw();
    const [track] = shown.captureStream(FPS).getVideoTracks();
    if (!track) throw new Error("the canvas gives no picture");
    track.contentHint = "detail"; // keep the size: a smaller picture could not fill the line
    this.track = track;
    this.timer = setInterval(draw, 1000 / FPS);
  }

  close(): void {
    clearInterval(this.timer);
    this.track.stop();
    for (const one of this.sheets) one.width = one.height = 0; // or they stay until memory is collected
  }
}

function canvas(width: number, height: number): HTMLCanvasElement {
  const made = document.createElement("canvas");
  made.width = width;
  made.height = height;
  return made;
}

function brushOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const brush = canvas.getContext("2d");
  if (!brush) throw new Error("this browser draws no canvas");
  return brush;
}

function noisePixels(width: number, height: number): ImageData {
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < pixels.length; i++) pixels[i] = 0xff000000 | (Math.random() * 0xffffff);
  return image;
}
