/** Two soft notes for the speaker test. */
import { audioContext } from "../media/level";

const NOTES: readonly { hz: number; at: number }[] = [
  { hz: 523.25, at: 0 },
  { hz: 659.25, at: 0.28 },
];
/** Seconds until a note has faded. */
const FADE = 0.9;
const LOUDNESS = 0.3;

/** To be called from a click; resolves when the chime has begun. */
export async function chime(): Promise<void> {
  const audio = audioContext();
  await audio.resume();
  for (const note of NOTES) ring(audio, note.hz, audio.currentTime + note.at);
}

function ring(audio: AudioContext, hz: number, from: number): void {
  const tone = new OscillatorNode(audio, { frequency: hz });
  const volume = new GainNode(audio, { gain: 0 });
  volume.gain.setValueAtTime(0, from);
  volume.gain.linearRampToValueAtTime(LOUDNESS, from + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.001, from + FADE);
  tone.connect(volume).connect(audio.destination);
  tone.start(from);
  tone.stop(from + FADE);
}
