// The sound of an alarm that nobody has seen to: short, and again until it is marked, over or silenced.

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { audioContext, wakeContext } from "../media/level";

export const AGAIN_MS = 10_000;
const NOTES: readonly { hz: number; at: number }[] = [
  { hz: 880, at: 0 },
  { hz: 660, at: 0.22 },
  { hz: 880, at: 0.44 },
];
/** Seconds of one note. */
const NOTE_S = 0.18;
const LOUDNESS = 0.2;

/** The browser wants a press before it lets the page sound. */
export const sirenHeld = signal(false);
/** Alarms silenced on this page, by `alarmKey`. */
const silenced = signal<ReadonlySet<string>>(new Set());

export function silence(key: string): void {
  silenced.value = new Set([...silenced.value, key]);
}

export function isSilenced(key: string): boolean {
  return silenced.value.has(key);
}

/** Sounds while one of these alarms (`alarmKey`) is not silenced. */
export function useSiren(keys: readonly string[]): void {
  const loud = keys.some((key) => !isSilenced(key));
  useEffect(() => (loud ? startSiren() : undefined), [loud]);
}

/** Sounds now and every ten seconds; what it gives back ends that. */
export function startSiren(): () => void {
  const audio = audioContext();
  const sound = (): void => {
    sirenHeld.value = audio.state !== "running";
    if (!sirenHeld.value) for (const note of NOTES) ring(audio, note.hz, audio.currentTime + note.at);
  };
  const woke = (): void => {
    if (sirenHeld.value && audio.state === "running") sound();
  };
  sound();
  const timer = setInterval(sound, AGAIN_MS);
  audio.addEventListener("statechange", woke);
  const endWaking = wakeContext();
  return () => {
    clearInterval(timer);
    audio.removeEventListener("statechange", woke);
    endWaking();
    sirenHeld.value = false;
  };
}

function ring(audio: AudioContext, hz: number, from: number): void {
  const tone = new OscillatorNode(audio, { type: "triangle", frequency: hz });
  const volume = new GainNode(audio, { gain: 0 });
  volume.gain.setValueAtTime(0, from);
  volume.gain.linearRampToValueAtTime(LOUDNESS, from + 0.01);
  volume.gain.setValueAtTime(LOUDNESS, from + NOTE_S - 0.03);
  volume.gain.linearRampToValueAtTime(0, from + NOTE_S);
  tone.connect(volume).connect(audio.destination);
  tone.start(from);
  tone.stop(from + NOTE_S);
}
