// What the technician's board says: go or no-go, cells, sparks. Pure.

import type { Zone } from "../format";
import type {
  FigureView,
  Language,
  Outcome,
  RoomView,
  RunView,
  StationView,
  StepName,
  StepState,
  StepView,
  SweepRoomView,
  SweepView,
  Text,
} from "../protocol";
import type { StoredRun, TrialRow } from "./http";

export type GoKind = "blocked" | "untested" | "attention" | "ready";
export type FigureTone = "" | "warn" | "bad";

export interface Go {
  kind: GoKind;
  /** The room that decides it, worst first; null: all are ready. */
  worst: RoomView | null;
  /** For untested: the rooms' titles. */
  names: string[];
  ready: number;
  attention: number;
  notReady: number;
  untested: number;
  all: number;
}

/** May the session begin? A room let in by a moderator blocks it no longer. */
export function goOf(rooms: readonly RoomView[]): Go {
  const of = (state: RoomView["readiness"]["state"]) =>
    rooms.filter((room) => room.readiness.state === state);
  const [ready, attention, failed, untested] = [
    of("ready"),
    of("attention"),
    of("not_ready"),
    of("untested"),
  ];
  const blocking = failed.find((room) => !room.readiness.override);
  const kind = blocking ? "blocked" : untested.length ? "untested" : attention.length || failed.length ? "attention" : "ready";
  return {
    kind,
    worst: blocking ?? untested[0] ?? failed[0] ?? attention[0] ?? null,
    names: untested.map((room) => room.title),
    ready: ready.length,
    attention: attention.length,
    notReady: failed.length,
    untested: untested.length,
    all: rooms.length,
  };
}

/** `Mikrofon tidak bersuara` inside a sentence; RTT and `Jabra Speak` stay as they are. */
export function lowerFirst(words: string): string {
  const [second, next] = [words.charAt(1), words.charAt(words.indexOf(" ") + 1)];
  const name = words.includes(" ") && next !== next.toLowerCase();
  if (name || second !== second.toLowerCase()) return words;
  return words.charAt(0).toLowerCase() + words.slice(1);
}

/** `1 jam 18 menit`; below a minute: `kurang dari 1 menit`. */
export function untilWords(ms: number, lang: Language): string {
  const minutes = ms < 60_000 ? 0 : Math.ceil(ms / 60_000);
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  const parts: string[] = [];
  const add = (n: number, id: string, en: string) => {
    if (n > 0) parts.push(`${n} ${lang === "id" ? id : n === 1 ? en : `${en}s`}`);
  };
  add(days, "hari", "day");
  add(hours, "jam", "hour");
  if (days === 0) add(rest, "menit", "minute");
  if (parts.length > 0) return parts.join(" ");
  return lang === "id" ? "kurang dari 1 menit" : "less than 1 minute";
}

const days = new Map<string, Intl.DateTimeFormat>();

function dayOf(ms: number, zone: string): string {
  let made = days.get(zone);
  if (!made) {
    made = new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" });
    days.set(zone, made);
  }
  return made.format(ms);
}

/** Which day that was, seen from now: the page finds the word. */
export function dayAgo(at: number, now: number, zone: Zone): "today" | "yesterday" | string {
  const day = dayOf(at, zone.timezone);
  if (day === dayOf(now, zone.timezone)) return "today";
  if (day === dayOf(now - 86_400_000, zone.timezone)) return "yesterday";
  const [, month, date] = day.split("-");
  return `${Number(date)}/${Number(month)}`;
}

export type ColumnName = "rtt" | "loss" | "up" | "down" | "mos";
export const COLUMNS: readonly ColumnName[] = ["rtt", "loss", "up", "down", "mos"];

export interface Cell {
  value: number | null;
  /** At least that much: the line was not filled. */
  more: boolean;
  tone: FigureTone;
}

type Figures = Record<string, number | null | undefined>;

/** The worse of the two directions; null when neither was measured. */
function worse(a: number | null | undefined, b: number | null | undefined): number | null {
  const known = [a, b].filter((one): one is number => typeof one === "number");
  return known.length ? Math.max(...known) : null;
}

/** A column's value, in the unit of its head: ms, %, Mbit/s, MOS. */
export function columnValue(name: ColumnName, of: Figures): number | null {
  switch (name) {
    case "rtt":
      return of.rtt_ms ?? null;
    case "loss":
      return worse(of.loss_up_percent, of.loss_down_percent);
    case "up":
      return typeof of.capacity_up_kbps === "number" ? of.capacity_up_kbps / 1000 : null;
    case "down":
      return typeof of.capacity_down_kbps === "number" ? of.capacity_down_kbps / 1000 : null;
    case "mos":
      return of.mos ?? null;
  }
}

/** Edges of the default thresholds: the board's colours only, the server judges the run. */
const EDGES: Record<ColumnName, { warn: number; bad: number; less: boolean }> = {
  rtt: { warn: 300, bad: 500, less: false },
  loss: { warn: 1, bad: 5, less: false },
  up: { warn: 1.2, bad: 0.15, less: true },
  down: { warn: 1.5, bad: 0.5, less: true },
  mos: { warn: 4, bad: 3.5, less: true },
};

export function toneOf(name: ColumnName, value: number | null): FigureTone {
  if (value === null) return "";
  const { warn, bad, less } = EDGES[name];
  if (less) return value < bad ? "bad" : value < warn ? "warn" : "";
  return value > bad ? "bad" : value >= warn ? "warn" : "";
}

/** What a row shows: while it is tested, only what this run has measured. */
export function cellsOf(room: RoomView, run: RunView | null): Record<ColumnName, Cell> {
  const tested = room.readiness.tested;
  const running = run?.state === "running" ? figuresOf(run) : null;
  const values: Figures = running ?? (tested ? { ...numbersOf(tested) } : {});
  const more = { up: tested?.capacity_up_more ?? false, down: tested?.capacity_down_more ?? false };
  const cell = (name: ColumnName): Cell => {
    const value = columnValue(name, values);
    const least = !running && value !== null && (name === "up" || name === "down") && more[name];
    return { value, more: least, tone: toneOf(name, value) };
  };
  return { rtt: cell("rtt"), loss: cell("loss"), up: cell("up"), down: cell("down"), mos: cell("mos") };
}

function numbersOf(of: object): Figures {
  return Object.fromEntries(Object.entries(of).filter(([, value]) => typeof value === "number"));
}

/** The figures of all steps; of one name the last. */
export function figuresOf(run: RunView): Figures {
  const all = run.steps.flatMap((step) => step.figures);
  return Object.fromEntries(all.map((figure) => [figure.name, figure.value]));
}

/** Points of a spark line with these measures; [] below two values. */
export function sparkPoints(values: readonly number[], width = 56, height = 14): [number, number][] {
  if (values.length < 2) return [];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [pad, span] = [2, high - low];
  const step = (width - 3) / (values.length - 1);
  return values.map((value, i) => [
    Math.round(i * step * 10) / 10,
    span === 0
      ? height - pad
      : Math.round((height - pad - ((value - low) / span) * (height - 2 * pad)) * 10) / 10,
  ]);
}

export function sparkPath(points: readonly [number, number][]): string {
  return points.map(([x, y], i) => `${i ? "L" : "M"}${x} ${y}`).join("");
}

const SPARK_RUNS = 10;

/** The last ten measured values of a room's column, the oldest first. */
export function sparkValues(rows: readonly TrialRow[], room: string, name: ColumnName): number[] {
  const known: number[] = [];
  for (const row of [...rows].sort((a, b) => b.started_at - a.started_at)) {
    if (row.room !== room || row.kind !== "full" || row.together) continue;
    const value = columnValue(name, row.figures);
    if (value !== null) known.unshift(value);
    if (known.length === SPARK_RUNS) break;
  }
  return known;
}

/** A headline has no room for figures: `tidak bersuara: -74 dBFS, batas -60 dBFS.` ends before them. */
export function withoutFigures(words: string): string {
  return words.replace(/: [<>≤≥−\-]?\s?\d.*$/s, ".");
}

/** The all-at-once part of a sweep: it measured the call, and nothing else. */
export function isTogether(run: RunView): boolean {
  if (run.state === "running" || run.kind !== "full") return false;
  const others = run.steps.filter((step) => step.name !== "media" && step.name !== "verdict");
  const called = run.steps.some((step) => step.name === "media" && step.state !== "skipped");
  return called && others.every((step) => step.state === "skipped");
}

/** The run a room shows: the one that runs, else the newest that measured more than the call. */
export function runOf(runs: Record<string, RunView>, room: string): RunView | null {
  const mine = Object.values(runs).filter((run) => run.room === room);
  mine.sort((a, b) => b.started_at - a.started_at);
  const whole = mine.filter((run) => !isTogether(run));
  return whole.find((run) => run.state === "running") ?? whole[0] ?? mine[0] ?? null;
}

/** Which step is under way, from 1; the next one between two steps. */
export function stepPlace(run: RunView): number {
  const running = run.steps.findIndex((step) => step.state === "running");
  if (running >= 0) return running + 1;
  const pending = run.steps.findIndex((step) => step.state === "pending");
  return pending >= 0 ? pending + 1 : run.steps.length;
}

/** The step that stands open by itself: the first that failed, else the first that warns. */
export function openStep(run: RunView): StepName | null {
  const first = (state: StepState) => run.steps.find((step) => step.state === state && step.cause);
  return (first("fail") ?? (run.state === "running" ? undefined : first("warn")))?.name ?? null;
}

/** Has this step anything to show below its row? */
export function opens(step: StepView): boolean {
  return step.cause !== null || step.cure.length > 0 || step.figures.length > 0;
}

export type SweepCell = "ok" | "warn" | "bad" | "cur" | "skip" | "";

const VERDICTS: Record<Outcome, SweepCell> = { pass: "ok", warn: "warn", fail: "bad" };

/** The worse of alone and together. */
export function sweepCell(room: SweepRoomView): SweepCell {
  if (room.state === "running") return "cur";
  if (room.state === "skipped") return "skip";
  const order: Outcome[] = ["fail", "warn", "pass"];
  const worst = order.find((one) => room.verdict === one || room.together_verdict === one);
  return worst ? VERDICTS[worst] : "";
}

/** How many rooms of the sweep are done with. */
export function sweepDone(sweep: SweepView): number {
  return sweep.rooms.filter((room) => room.state === "done" || room.state === "skipped").length;
}

export function stationOf(stations: readonly StationView[], room: string): StationView | null {
  return stations.find((one) => one.room === room) ?? null;
}

/** Rooms that a sweep would have to leave out. */
export function withoutStation(rooms: readonly RoomView[], stations: readonly StationView[]): RoomView[] {
  return rooms.filter((room) => !stationOf(stations, room.code));
}

/** An old run in the shape of one that is being seen. */
export function asView(run: StoredRun): RunView {
  const figures = (list: StoredRun["steps"][number]["figures"]): FigureView[] =>
    list.map(({ name, value, unit, state, text, limit }) => ({ name, value, unit, state, text, limit }));
  const steps = run.steps.map((step) => ({
    name: step.name,
    state: step.state,
    line: step.line,
    figures: figures(step.figures),
    cause: said(step.cause),
    cure: step.cure,
    progress: null,
    attempts: step.attempts,
  }));
  const { id, room, kind, state, verdict, profile, sentence, started_at, ended_at, by } = run;
  const { station, agent, hash } = run;
  const shown = { station, agent, hash, picture: false, microphone: null };
  return { id, room, kind, state, verdict, profile, sentence, steps, started_at, ended_at, by, ...shown };
}

/** A cause without a word is none. */
function said(text: Text | null): Text | null {
  return text && (text.id || text.en) ? text : null;
}

/** dBFS as a bar: -80 is nothing, 0 is all. */
export function meterLevel(dbfs: number | null): number {
  return dbfs === null ? 0 : Math.min(1, Math.max(0, (dbfs + 80) / 80));
}
