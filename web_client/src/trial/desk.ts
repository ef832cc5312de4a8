// What the technician's page has chosen and fetched: the room, the segment, the history.

import { computed, effect, signal } from "@preact/signals";
import { isRefusal, view } from "../store";
import { asView, runOf } from "./board";
import { isTrouble, type TrialRow, trialHistory, trialLinks, trialRun } from "./http";
import { runs, startSweep, startTrial } from "./state";
import type { RunView } from "../protocol";

export { isTrouble } from "./http";

export type Segment = "test" | "history" | "equipment" | "devices";

const KEY = "vicon.technician.room";

/** Code of the room whose panel is open; kept by the tab over a reload. */
export const chosen = signal<string | null>(sessionStorage.getItem(KEY));
export const segment = signal<Segment>("test");
/** An old run that is looked at instead of the newest. */
export const opened = signal<RunView | null>(null);
/** Last runs of all rooms: for the spark lines. */
export const recent = signal<TrialRow[]>([]);
/** Test links by room; null: they could not be fetched, or not yet. */
export const links = signal<Record<string, string> | null>(null);

/** Code of the room whose test was wanted while none of its pages could be tested. */
export const wanted = signal<string | null>(null);

const RECENT = 100;

/** Old runs fetched one by one; the board's rooms have at most one each here. */
const stored = signal<Record<string, RunView>>({});

/** The run in the panel: an old one that was opened, the newest known, the last that is stored. */
export const shownRun = computed<RunView | null>(() => {
  const room = chosen.value;
  if (room === null) return null;
  const old = opened.value;
  if (old?.room === room) return runs.value[old.id] ?? old;
  return runOf(runs.value, room) ?? runOf(stored.value, room);
});

export function choose(room: string): void {
  if (chosen.value === room) return;
  opened.value = null;
  wanted.value = null;
  chosen.value = room;
  sessionStorage.setItem(KEY, room);
}

/** Is the session live, so that a test has to be wanted twice? */
export const isLive = computed(() => view.value?.conference.phase === "live");

/** A refusal is in `notice`; anything else is a defect and is not swallowed. */
export async function test(room: string, force: boolean): Promise<void> {
  choose(room);
  opened.value = null;
  segment.value = "test";
  try {
    await startTrial(room, force ? { force } : {});
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
}

export async function testAll(force: boolean): Promise<void> {
  try {
    await startSweep(force ? { force } : {});
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
}

/** Sparks are decoration: without them the board stands, so trouble is only logged. */
export async function loadRecent(): Promise<void> {
  try {
    recent.value = await trialHistory(undefined, RECENT);
  } catch (error) {
    if (!isTrouble(error)) throw error;
    console.warn("x history:", error);
  }
}

export async function loadLinks(): Promise<void> {
  if (links.value) return;
  try {
    const all = await trialLinks();
    links.value = Object.fromEntries(all.map(({ room, url }) => [room, url]));
  } catch (error) {
    if (!isTrouble(error)) throw error;
    console.warn("x test links:", error);
  }
}

/** Fetches the room's last run when none was seen since this page came. Rejects as `openRun`. */
export async function loadLast(room: string, id: string): Promise<void> {
  if (runOf(runs.value, room) || stored.value[id]) return;
  const run = asView((await trialRun(id)).run);
  stored.value = { ...stored.value, [id]: run };
}

/** Opens an old run in the panel. Rejects with what `isTrouble` knows. */
export async function openRun(id: string): Promise<void> {
  const known = runs.value[id];
  const now = known?.state === "running" && runOf(runs.value, known.room) === known;
  opened.value = now ? null : (known ?? asView((await trialRun(id)).run));
  segment.value = "test";
}

const endedRuns = computed(() =>
  Object.values(runs.value)
    .filter((run) => run.state !== "running")
    .map((run) => run.id)
    .sort()
    .join(),
);

/** Keeps the spark lines fresh while the page is shown; call what it gives back to end it. */
export function followRecent(): () => void {
  return effect(() => {
    void endedRuns.value;
    void loadRecent();
  });
}
