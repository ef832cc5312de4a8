/** The rundown as a table for a spreadsheet, and back. Pure; what is wrong is told by line. */
import type { ItemKind, ItemView, RoomView } from "../protocol";
import { seconds } from "./length";
import { newId } from "./rundown";
import { type Row, rowsOf, written } from "./table";

export const COLUMNS = ["kind", "title", "minutes", "room", "notes", "point", "hush"] as const;
export const MOST_ITEMS = 200;
const LONGEST_TITLE = 200;
const LONGEST_NOTES = 2_000;
const MOST_POINTS = 40;

/** Names of the kinds in both languages, as a person may write them. */
const KINDS: Record<string, ItemKind> = {
  opening: "opening", pembukaan: "opening",
  roll_call: "roll_call", absensi: "roll_call", "roll call": "roll_call",
  speech: "speech", sambutan: "speech", pernyataan: "speech",
  reading: "reading", pembacaan: "reading",
  signing: "signing", penandatanganan: "signing",
  free: "free", bebas: "free", lain: "free", "": "free",
  closing: "closing", penutup: "closing",
}; // prettier-ignore
const YES = new Set(["1", "ya", "y", "yes", "true", "x"]);
const NO = new Set(["", "0", "tidak", "no", "n", "false", "-"]);

export type WrongCell = "kind" | "title" | "minutes" | "room" | "notes" | "point" | "hush";
export type Wrong =
  | { line: number; what: WrongCell; said: string }
  | { line: number; what: "columns"; said: string }
  | { line: number; what: "empty" | "many" | "quote"; said: string };

export interface Imported {
  items: ItemView[];
  wrong: Wrong[];
}

/** What a room may be called. */
export type NamedRoom = Pick<RoomView, "code" | "name" | "title" | "short_name" | "abbr" | "hub">;

/** Every line that can be read, and every fault of the others; the first line names the columns. */
export function readRundown(text: string, rooms: readonly NamedRoom[]): Imported {
  const { rows, open } = rowsOf(text);
  if (open !== null) return { items: [], wrong: [{ line: open, what: "quote", said: "" }] };
  const [head, ...rest] = rows;
  if (!head) return { items: [], wrong: [{ line: 1, what: "empty", said: "" }] };
  const places = head.cells.map((cell) => cell.trim().toLowerCase());
  const missing = ["title", "minutes"].filter((name) => !places.includes(name));
  if (missing.length) return { items: [], wrong: [{ line: 1, what: "columns", said: missing.join(", ") }] };
  if (rest.length === 0) return { items: [], wrong: [{ line: 1, what: "empty", said: "" }] };
  if (rest.length > MOST_ITEMS) {
    return { items: [], wrong: [{ line: rest[MOST_ITEMS]?.line ?? 1, what: "many", said: "" }] };
  }
  const read = rest.map((row) => readLine(row, places, rooms));
  return { items: read.flatMap((one) => one.items), wrong: read.flatMap((one) => one.wrong) };
}

function readLine(row: Row, places: string[], rooms: readonly NamedRoom[]): Imported {
  const said = (name: string): string => (row.cells[places.indexOf(name)] ?? "").trim();
  const point = said("point") === "" ? 0 : Number(said("point"));
  const room = roomOf(said("room"), rooms);
  const found = {
    kind: KINDS[said("kind").toLowerCase()],
    title: said("title").replace(/\s+/g, " "),
    minutes: seconds(said("minutes")),
    hush: YES.has(said("hush").toLowerCase()),
  };
  const faults: Record<WrongCell, boolean> = {
    kind: found.kind === undefined,
    title: found.title === "" || found.title.length > LONGEST_TITLE,
    minutes: found.minutes === null,
    room: room === undefined,
    notes: said("notes").length > LONGEST_NOTES,
    point: !Number.isInteger(point) || point < 0 || point > MOST_POINTS,
    hush: !found.hush && !NO.has(said("hush").toLowerCase()),
  };
  const wrong = COLUMNS.filter((name) => faults[name]).map((what) => ({
    line: row.line,
    what,
    said: said(what),
  }));
  const { kind, title, minutes, hush } = found;
  if (wrong.length || kind === undefined || minutes === null || room === undefined) {
    return { items: [], wrong };
  }
  const item = { id: newId(), kind, title, planned_s: minutes, room, notes: said("notes"), point, hush };
  return { items: [item], wrong: [] };
}

/** A hall by its code or any of its names; null: the hub; undefined: there is none. */
function roomOf(said: string, rooms: readonly NamedRoom[]): string | null | undefined {
  const name = said.toLowerCase();
  if (name === "" || name === "pusat" || name === "hub") return null;
  const room = rooms.find((one) =>
    [one.code, one.name, one.title, one.short_name, one.abbr].some((known) => known.toLowerCase() === name),
  );
  if (!room) return undefined;
  return room.hub ? null : room.code;
}

/** With a mark at its beginning, so that a spreadsheet reads the letters as they are. */
export function writeRundown(items: readonly ItemView[], rooms: readonly RoomView[]): string {
  const title = (code: string | null): string => rooms.find((one) => one.code === code && !one.hub)?.title ?? "";
  const lines = items.map((item) => [
    item.kind,
    item.title,
    minutesOf(item.planned_s),
    title(item.room),
    item.notes,
    item.point ? String(item.point) : "",
    item.hush ? "ya" : "",
  ]);
  return `\uFEFF${[[...COLUMNS], ...lines].map(written).join("\r\n")}\r\n`;
}

/** `3`, or `2:30` where it is no whole number of minutes. */
function minutesOf(planned: number): string {
  const [whole, rest] = [Math.floor(planned / 60), planned % 60];
  return rest ? `${whole}:${String(rest).padStart(2, "0")}` : String(whole);
}
