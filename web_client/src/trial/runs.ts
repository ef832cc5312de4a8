// The runs that a page remembers. Pure.

import type { RunView } from "../protocol";

/** Older ones are in the history. */
const RUNS_KEPT = 60;

/** The latest first. */
export function newest(list: RunView[]): RunView[] {
  return [...list].sort((a, b) => b.started_at - a.started_at);
}

/** The ids of those that run. */
export function running(all: Record<string, RunView>): string[] {
  return Object.values(all).filter((run) => run.state === "running").map((run) => run.id);
}

/** `all` without these. */
export function forget(all: Record<string, RunView>, ids: readonly string[]): Record<string, RunView> {
  return Object.fromEntries(Object.entries(all).filter(([id]) => !ids.includes(id)));
}

/** `all` with `run` in it; the oldest ended ones are forgotten. */
export function remember(all: Record<string, RunView>, run: RunView): Record<string, RunView> {
  const kept = newest(Object.values({ ...all, [run.id]: run }));
  const stay = kept.filter((one, place) => place < RUNS_KEPT || one.state === "running");
  return Object.fromEntries(stay.map((one) => [one.id, one]));
}
