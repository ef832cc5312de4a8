// The recordings that the server keeps, over HTTP. All reject with what `isTrouble` knows.

import { ask, download, get, good } from "../http";

export interface KeptFile {
  name: string;
  bytes: number;
  /** Empty: of the whole recording. */
  room: string;
  /** Unix ms of its time 0. */
  began: number | null;
  seconds: number | null;
}

export interface KeptRecording {
  id: string;
  began: number;
  by: string;
  /** null: it runs, or its server ended meanwhile. */
  ended: number | null;
  why: string;
  ended_by: string;
  bytes: number;
  files: KeptFile[];
}

/** Where the recordings of a conference are asked for: by a moderator, or by the organizer. */
export function placeOf(conference: string, organizer: boolean): string {
  const id = encodeURIComponent(conference);
  return organizer ? `/api/v1/office/conferences/${id}/recordings` : `/api/v1/conferences/${id}/recordings`;
}

/** A part may be a gigabyte. */
const FILE_MS = 3_600_000;

export async function listRecordings(place: string): Promise<KeptRecording[]> {
  return (await get(place)).json() as Promise<KeptRecording[]>;
}

export function fetchRecording(place: string, recording: string, file: string): Promise<void> {
  return download(`${place}/${encodeURIComponent(recording)}/${encodeURIComponent(file)}`, file, FILE_MS);
}

export async function deleteRecording(place: string, recording: string): Promise<void> {
  await good(await ask(`${place}/${encodeURIComponent(recording)}`, { method: "DELETE" }));
}
