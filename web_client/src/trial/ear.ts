// Listens to the sound that the server sends, for the chirps of its clip.

import { audioContext, wakeContext } from "../media/level";
import { findChirp } from "./chirp";

/** The largest that an analyser gives back: 0.68 s at 48 kHz. */
const SAMPLES = 32_768;
/** Looked at so often, ms: every chirp lies wholly within one look. */
const EVERY_MS = 500;
/** Two this close are one chirp, seen in two looks, ms. */
const SAME_MS = 300;
const MOST = 400;

export class Ear {
  /** Of performance.now(), in order. Empty where the browser does not let us listen. */
  readonly chirps: number[] = [];
  private readonly analyser: AnalyserNode;
  private readonly source: MediaStreamAudioSourceNode;
  private readonly samples = new Float32Array(SAMPLES);
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly began = performance.now();
  private readonly endWaking = wakeContext();

  constructor(track: MediaStreamTrack) {
    const audio = audioContext();
    this.source = audio.createMediaStreamSource(new MediaStream([track]));
    this.analyser = audio.createAnalyser();
    this.analyser.fftSize = SAMPLES;
    this.source.connect(this.analyser);
    this.timer = setInterval(() => this.listen(), EVERY_MS);
  }

  close(): void {
    clearInterval(this.timer);
    this.endWaking();
    this.source.disconnect();
  }

  private listen(): void {
    const audio = audioContext();
    if (audio.state !== "running" || this.chirps.length >= MOST) return;
    const now = performance.now();
    this.analyser.getFloatTimeDomainData(this.samples);
    const at = findChirp(this.samples, audio.sampleRate);
    if (at === null) return;
    const heard = now + 1000 * (at - SAMPLES / audio.sampleRate);
    const last = this.chirps.at(-1);
    // What came before we listened is silence in the analyser, not a part of the watch.
    if (heard < this.began || (last !== undefined && heard - last < SAME_MS)) return;
    this.chirps.push(heard);
  }
}
