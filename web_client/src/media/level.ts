// How loud the own microphone is.

import { signal } from "@preact/signals";
import { atEachPress } from "./press";
import { meterLevel } from "./rules";

const EVERY_MS = 100;
const SAMPLES = 1024;

/** 0..1, muted or not. */
export const localLevel = signal(0);
/** False while the browser wants a click before it lets us listen. */
export const listening = signal(false);

let context: AudioContext | null = null;
let stop: (() => void) | null = null;

/** Measures this track, or nothing. */
export function listenTo(track: MediaStreamTrack | null): void {
  stop?.();
  stop = track ? measure(track) : null;
  if (!track) localLevel.value = 0;
}

/** The one context of the page; made late, since a browser counts them. */
export function audioContext(): AudioContext {
  context ??= new AudioContext();
  return context;
}

/** Until the context runs it is resumed at each press; what this gives back ends that. */
export function wakeContext(): () => void {
  const audio = audioContext();
  if (audio.state === "running") return () => {};
  const wake = (): void => {
    audio.resume().then(end, (error: unknown) => console.warn("- sound did not wake:", error));
  };
  const end = atEachPress(wake);
  wake(); // a page that has the microphone needs no press in some browsers
  return end;
}

function measure(track: MediaStreamTrack): () => void {
  const audio = audioContext();
  const source = audio.createMediaStreamSource(new MediaStream([track]));
  const analyser = audio.createAnalyser();
  analyser.fftSize = SAMPLES;
  source.connect(analyser);
  const samples = new Float32Array(SAMPLES);
  const timer = setInterval(() => {
    listening.value = audio.state === "running";
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, x) => sum + x * x, 0) / SAMPLES;
    localLevel.value = meterLevel(Math.sqrt(power));
  }, EVERY_MS);
  const endWaking = wakeContext();
  return () => {
    clearInterval(timer);
    endWaking();
    source.disconnect();
  };
}
