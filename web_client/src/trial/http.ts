// Old runs, reports and test links, over HTTP with the page's own link.

import { ask, download, get, good, json } from "../http";
import type { Outcome, Profile, RunKind, RunState, StepName, StepState, Text } from "../protocol";

export { fileName, HttpProblem, isTrouble } from "../http";

/** One run in a list. Times are Unix ms. */
export interface TrialRow {
  id: string;
  room: string;
  kind: RunKind;
  state: RunState;
  verdict: Outcome | null;
  profile: Profile | null;
  started_at: number;
  ended_at: number | null;
  by: string;
  sweep: string;
  together: boolean;
  /** Its record can no longer be read; only what is told here is known of it. */
  damaged: boolean;
  hash: string;
  /** null: not measured. */
  figures: Record<string, number | null>;
}

export interface StoredFigure {
  name: string;
  value: number | null;
  unit: string;
  state: StepState;
  text: Text;
  limit: Text;
  source: string;
  at_least: boolean;
  /** Half-width of the 95 % interval. */
  interval: number | null;
}

export interface StoredStep {
  name: StepName;
  state: StepState;
  line: Text;
  figures: StoredFigure[];
  cause_code: string;
  cause: Text | null;
  cure: Text[];
  attempts: number;
  started_at: number | null;
  ended_at: number | null;
  notes: string[];
}

/** A run as it is kept for ever; only what pages show. */
export interface StoredRun {
  id: string;
  room: string;
  room_name: string;
  kind: RunKind;
  state: RunState;
  seconds: number;
  started_at: number;
  ended_at: number | null;
  by: string;
  station: string;
  client: "browser" | "program";
  agent: string;
  steps: StoredStep[];
  verdict: Outcome | null;
  profile: Profile | null;
  sentence: Text;
  path: string;
  hash: string;
}

export interface FoundRun {
  run: StoredRun;
  /** The run to compare it with. */
  last_good: string | null;
}

export interface Change {
  name: string;
  unit: string;
  before: number | null;
  after: number | null;
  change: "better" | "worse" | "same" | "unknown";
}

export interface Comparison {
  run: string;
  against: string | null;
  /** When that one began, Unix ms. */
  against_at: number | null;
  rows: Change[];
}

export interface TrialLink {
  room: string;
  url: string;
}

export type ReportKind = "pdf" | "csv" | "json" | "txt";

/** The latest first, before `before` (Unix ms). All below reject with HttpProblem. */
export function trialHistory(room?: string, limit = 20, before?: number): Promise<TrialRow[]> {
  const query = new URLSearchParams({ limit: String(limit) });
  if (room !== undefined) query.set("room", room);
  if (before !== undefined) query.set("before", String(before));
  return json(`trials?${query}`);
}

export function trialRun(id: string): Promise<FoundRun> {
  return json(`trials/${encodeURIComponent(id)}`);
}

/** Beside the last good run of the same room. */
export function compareTrial(id: string): Promise<Comparison> {
  return json(`trials/${encodeURIComponent(id)}/compare`);
}

/** The rooms' test links, for those who hand them out. */
export function trialLinks(): Promise<TrialLink[]> {
  return json("trial-links");
}

export function reportUrl(id: string, kind: ReportKind, lang: string): string {
  return `/api/v1/trials/${encodeURIComponent(id)}/report.${kind}?lang=${lang}`;
}

/** The report as text, for the clipboard. */
export async function reportText(id: string, lang: string): Promise<string> {
  return (await get(reportUrl(id, "txt", lang))).text();
}

/** Saves a report as a file. */
export function downloadReport(id: string, kind: ReportKind, lang: string): Promise<void> {
  return download(reportUrl(id, kind, lang), `trial-${id}.${kind}`);
}

/** The address of a still from the run's camera, to be released by who shows it; null: it is gone. */
export async function stillOf(id: string): Promise<string | null> {
  const answer = await ask(`/api/v1/trials/${encodeURIComponent(id)}/still.jpg`);
  if (answer.status === 404) return null;
  return URL.createObjectURL(await (await good(answer)).blob());
}
