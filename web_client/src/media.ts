// What is seen and heard. (Interface first; the connections follow.)

import { signal } from "@preact/signals";

export interface RoomStreams {
  video: MediaStream;
  audio: MediaStream;
  /** Frames arrive. */
  moving: boolean;
  /** Why the picture or sound is poor, in a few words; null while it is not. */
  weak: string | null;
}

export const streams = signal<Record<string, RoomStreams>>({});
export const local = signal<MediaStream | null>(null);
/** 0..1, of the own microphone, muted or not. */
export const localLevel = signal(0);
/** 0..1 per room. */
export const levels = signal<Record<string, number>>({});
/** The browser wants a click before it plays sound. */
export const audioBlocked = signal(false);

export function resumeAudio(): void {
  audioBlocked.value = false;
}

export async function startMedia(): Promise<void> {}

export function stopMedia(): void {}
