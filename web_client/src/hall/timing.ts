/** What the hall is told of time, from the rundown. Pure: the view and the server's time give it. */
import { currentItem, pending, runOf } from "../ceremony/rundown";
import { elapsedOf } from "../ceremony/timing";
import type { ItemView, View } from "../protocol";

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
export function itemTime(view: View, now: number): ItemTime | null {
  const item = currentItem(view);
  const run = item && runOf(view, item.id);
  if (!item || !run) return null;
  const planned = item.planned_s * 1000;
  const left = planned - elapsedOf(view, run, now);
  const paused = view.conference.progress.paused_at !== null;
  return { item, left, paused, over: overBy(left, planned) };
}

function overBy(left: number, planned: number): Over {
  if (left >= 0) return "no";
  return -left > Math.min(FAR_MS, planned * FAR_SHARE) ? "far" : "late";
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
  const coming = pending(view);
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
