/** What the hall is told of time, from the rundown. Pure: the view and the server's time give it. */
import type { ItemRunView, ItemView, View } from "../protocol";

/** An item that took this much longer than planned, ms, or a fifth of its plan, is far over. */
const FAR_MS = 60_000;
const FAR_SHARE = 0.2;

/** far: a word at the lectern is not enough any more. */
export type Over = "no" | "late" | "far";

export interface ItemTime {
  item: ItemView;
  /** Of what was planned, ms; negative when it takes longer. */
  left: number;
  paused: boolean;
  over: Over;
}

/** The item that runs; null before the first and after the last one. */
export function itemTime({ rundown, conference }: View, now: number): ItemTime | null {
  const { current, paused_at: pausedAt, runs } = conference.progress;
  const item = rundown.items.find((one) => one.id === current);
  const run = runs.find((one) => one.item === current);
  if (!item || !run) return null;
  const planned = item.planned_s * 1000;
  const left = planned - elapsed(run, pausedAt ?? now);
  return { item, left, paused: pausedAt !== null, over: overBy(left, planned) };
}

/** Without its pauses, ms; `until`: now, or when the present pause began. */
function elapsed(run: ItemRunView, until: number): number {
  return Math.max(0, until - run.started_at - run.paused_ms);
}

function overBy(left: number, planned: number): Over {
  if (left >= 0) return "no";
  return -left > Math.min(FAR_MS, planned * FAR_SHARE) ? "far" : "late";
}

/** Items still to come, in the order in which Lanjut brings them: those after the current one first. */
export function toCome({ rundown, conference }: View): ItemView[] {
  const { current, runs } = conference.progress;
  const begun = new Set(runs.map((run) => run.item));
  const at = rundown.items.findIndex((item) => item.id === current) + 1;
  const turned = [...rundown.items.slice(at), ...rundown.items.slice(0, at)];
  return turned.filter((item) => !begun.has(item.id));
}

export interface Turn {
  /** Among the turns of all halls, from 1. */
  number: number;
  /** Unix ms, if all before it takes as long as planned; null: the rundown does not say. */
  at: number | null;
}

/** The next turn of this hall: by the rundown, or by the order of the floor where it names no hall. */
export function turnOf(view: View, now: number): Turn | null {
  const own = view.you.room;
  const halls = view.rundown.items.filter((item) => isHall(view, item.room));
  if (halls.length === 0) {
    const place = own === null ? -1 : view.conference.floor_order.indexOf(own);
    return place < 0 ? null : { number: place + 1, at: null };
  }
  const coming = toCome(view);
  const mine = coming.findIndex((item) => item.room === own);
  const item = coming[mine];
  if (!item) return null; // it has had its turn
  return { number: placeOf(view, halls, item), at: startOf(view, coming.slice(0, mine), now) };
}

/** A turn that was skipped takes no number. */
function placeOf(view: View, halls: readonly ItemView[], item: ItemView): number {
  const skipped = new Set(
    view.conference.progress.runs.filter((run) => run.skipped).map((run) => run.item),
  );
  return halls.filter((one) => !skipped.has(one.id)).indexOf(item) + 1;
}

function startOf(view: View, before: readonly ItemView[], now: number): number | null {
  const current = itemTime(view, now);
  const first = current ? now + Math.max(0, current.left) : beginning(view, now);
  return first === null ? null : before.reduce((sum, item) => sum + item.planned_s * 1000, first);
}

/** Of what comes when nothing runs: as planned, but not in the past. */
function beginning({ conference }: View, now: number): number | null {
  if (conference.progress.runs.some((run) => !run.skipped)) return now;
  return conference.starts_at === null ? null : Math.max(now, conference.starts_at);
}

function isHall({ conference }: View, room: string | null): boolean {
  return room !== null && room !== conference.hub;
}
