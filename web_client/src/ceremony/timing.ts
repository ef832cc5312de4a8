/** How far the rundown is, and how far behind the plan. Pure; as timing() of core/rundown.py. */
import type { ItemRunView, View } from "../protocol";
import { currentItem, pending, runOf } from "./rundown";

/** Of the whole rundown at a moment. `endsAt` in Unix ms, the rest in ms. */
export interface Timing {
  /** Of the current item, pauses left out; 0 when there is none. */
  elapsed: number;
  /** Of the current item; negative when it overruns. */
  left: number;
  /** How much later than planned the rundown will end; negative: earlier. */
  behind: number;
  /** null: before the first item without a planned beginning, or when it is over. */
  endsAt: number | null;
}

export function elapsedOf(view: View, run: ItemRunView, now: number): number {
  const end = run.ended_at ?? now;
  const { paused_at } = view.conference.progress;
  const open = run.ended_at === null && paused_at !== null ? Math.max(0, now - paused_at) : 0;
  return Math.max(0, end - run.started_at - run.paused_ms - open);
}

export function timing(view: View, now: number): Timing {
  const current = currentItem(view);
  const toCome = 1000 * pending(view).reduce((sum, item) => sum + item.planned_s, 0);
  const begins = plannedBegin(view, now);
  const run = current && runOf(view, current.id);
  if (!current || !run) return idle(view, begins, toCome, now);
  const elapsed = elapsedOf(view, run, now);
  const left = current.planned_s * 1000 - elapsed;
  const endsAt = now + Math.max(0, left) + toCome;
  return { elapsed, left, behind: begins === null ? 0 : endsAt - (begins + whole(view)), endsAt };
}

function idle(view: View, begins: number | null, toCome: number, now: number): Timing {
  if (view.conference.progress.runs.length > 0 || begins === null) {
    return { elapsed: 0, left: 0, behind: 0, endsAt: null };
  }
  const late = Math.max(0, now - begins);
  return { elapsed: 0, left: 0, behind: late, endsAt: begins + late + toCome };
}

/** All that is not skipped, as planned, ms. */
function whole(view: View): number {
  const kept = view.rundown.items.filter((item) => !runOf(view, item.id)?.skipped);
  return 1000 * kept.reduce((sum, item) => sum + item.planned_s, 0);
}

/** A beginning that is further from the planned one is not that one late, but another. */
const SAME_DAY_MS = 12 * 3_600_000;

/**
 * As planned; without a plan, or where it is of another day (a rehearsal, the example tried out), the
 * first item's own beginning.
 */
function plannedBegin(view: View, now: number): number | null {
  const { starts_at, progress } = view.conference;
  const first = progress.runs.length
    ? Math.min(...progress.runs.map((run) => run.started_at))
    : null;
  if (starts_at === null) return first;
  const away = first === null ? now - starts_at : Math.abs(first - starts_at);
  return away <= SAME_DAY_MS ? starts_at : first;
}

export type Overrun = "none" | "over" | "far";

/** Beyond this share of the plan, or this many ms, an overrun is a grave one. */
const FAR_SHARE = 0.2;
const FAR_MS = 60_000;

/** How far an item is beyond its length; both in ms. */
export function overrun(left: number, planned: number): Overrun {
  if (left >= 0) return "none";
  return -left > Math.min(FAR_MS, FAR_SHARE * planned) ? "far" : "over";
}

/** A difference of less than this is none, ms. */
export const ON_TIME_MS = 10_000;
