// The door, the expected list and the exports, over HTTP. All reject with what `isTrouble` knows.

import { ask, download, good, HttpProblem, json, objectUrl } from "../http";
import { lang } from "../i18n";
import type { Language, Text } from "../protocol";

/** `room`: null for the link's own. */
export async function doorLink(room: string | null): Promise<string> {
  return (await json<{ url: string }>(`me/door${asked(room)}`)).url;
}

/** The address of the QR code's picture, to be revoked by who shows it. */
export function doorPicture(room: string | null): Promise<string> {
  return objectUrl(`/api/v1/me/door.svg${asked(room)}`);
}

/** `room`: null for all that the link may have. */
export function downloadPosters(conference: string, room: string | null): Promise<void> {
  return download(of(conference, `posters.pdf${asked(room)}`), `poster-${room ?? conference}.pdf`);
}

function asked(room: string | null): string {
  return room === null ? "" : `?room=${encodeURIComponent(room)}`;
}

function of(conference: string, path: string): string {
  return `/api/v1/conferences/${encodeURIComponent(conference)}/${path}`;
}

export type Export = "attendance.csv" | "attendance.json" | "counts.csv" | "counts.json" | "headcount.pdf";

export function downloadExport(conference: string, what: Export): Promise<void> {
  return download(of(conference, `${what}?lang=${lang.value}`), `${conference}-${what}`);
}

export interface ListError {
  line: number;
  text: Text;
}

export type Imported =
  | { kind: "taken"; rooms: Record<string, number>; persons: number }
  /** Nothing of it is in use. */
  | { kind: "bad"; text: Text; errors: ListError[] };

/** Beyond this it is no list of names, and is not sent. Bytes. */
export const MOST_BYTES = 1_000_000;

export async function importExpected(conference: string, file: Blob): Promise<Imported> {
  const answer = await ask(of(conference, "expected"), {
    method: "POST",
    headers: { "Content-Type": "text/csv" },
    body: file,
  });
  if (answer.status === 422) return badList(await answer.text());
  const { rooms, persons } = (await (await good(answer)).json()) as Omit<Taken, "kind">;
  return { kind: "taken", rooms, persons };
}

type Taken = Extract<Imported, { kind: "taken" }>;

function badList(body: string): Imported {
  const said = JSON.parse(body) as { text?: Text; errors?: ListError[] };
  if (!said.text) throw new HttpProblem(422, body);
  return { kind: "bad", text: said.text, errors: said.errors ?? [] };
}

const HEADS: Record<Language, string[]> = {
  id: ["ruang", "nama", "instansi", "peran"],
  en: ["room", "name", "institution", "role"],
};
/** By which a spreadsheet in that language divides a CSV file. */
const SIGNS: Record<Language, string> = { id: ";", en: "," };

/** What a list may begin with: a line for each room, the names to be filled in. */
export function sampleCsv(codes: readonly string[], roles: readonly string[], of: Language): string {
  const lines = codes.map((code) => [code, "", "", roles[0] ?? ""]);
  const rows = [HEADS[of], ...lines].map((cells) => cells.map(quoted).join(SIGNS[of]));
  return `\ufeff${rows.join("\r\n")}\r\n`;
}

function quoted(cell: string): string {
  return /[",;\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
