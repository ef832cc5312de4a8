// The recording as the pages see it: what everybody is told, and what the desks watch.

import { signal } from "@preact/signals";
import type { ConferenceView, RecordingFigures, RecordingView } from "./protocol";

/** The last figures and when they came, the server's ms; null: none have come. */
export const recordingFigures = signal<{ at: number; figures: RecordingFigures } | null>(null);

/** Figures older than this are void, ms. */
const FRESH_MS = 6_000;
/** An end that nobody wanted stays a task for so long, ms. */
const TOLD_MS = 600_000;
/** So little time left on the disk is to be heeded, minutes. */
export const FEW_MINUTES = 30;

export function takeRecording(figures: RecordingFigures, at: number): void {
  recordingFigures.value = { at, figures };
}

/** The recording that runs; null: none does. */
export function running({ recording }: Pick<ConferenceView, "recording">): RecordingView | null {
  return recording && recording.ended_at === null ? recording : null;
}

/** Of the recording that runs, as long as they are new. */
export function figuresNow(
  conference: Pick<ConferenceView, "recording">,
  now: number,
): RecordingFigures | null {
  const last = recordingFigures.value;
  const same = last && running(conference)?.id === last.figures.id;
  return same && now - last.at < FRESH_MS ? last.figures : null;
}

/** The server ended it by itself, a short while ago. */
export function broken({ recording }: Pick<ConferenceView, "recording">, now: number): RecordingView | null {
  if (!recording || recording.ended_at === null) return null;
  const unwanted = recording.why === "disk_full" || recording.why === "write_failed";
  return unwanted && now - recording.ended_at < TOLD_MS ? recording : null;
}

/** `90 kB`, `412 MB`, `1,3 GB`: as disks are sold. */
export function size(bytes: number, point: string): string {
  if (bytes < 1e6) return `${Math.round(bytes / 1e3)} kB`;
  if (bytes < 1e9) return `${Math.round(bytes / 1e6)} MB`;
  return `${(bytes / 1e9).toFixed(1).replace(".", point)} GB`;
}
