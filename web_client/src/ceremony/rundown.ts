/** The rundown as the desk sees it: what ran, what is on, what comes. Pure; as core/rundown.py. */
import type { ItemRunView, ItemView, RoomView, RundownItem, View } from "../protocol";

/** What becomes of an item; `next`: the first that is to come. */
export type ItemState = "done" | "current" | "skipped" | "next" | "waiting";

export function runOf(view: View, id: string): ItemRunView | null {
  return view.conference.progress.runs.find((run) => run.item === id) ?? null;
}

export function itemOf(view: View, id: string | null): ItemView | null {
  return view.rundown.items.find((item) => item.id === id) ?? null;
}

export function currentItem(view: View): ItemView | null {
  return itemOf(view, view.conference.progress.current);
}

/** Items that are still to come, in their order: those after the current one first. */
export function pending(view: View): ItemView[] {
  const { items } = view.rundown;
  const place = items.findIndex((item) => item.id === view.conference.progress.current) + 1;
  const turned = [...items.slice(place), ...items.slice(0, place)];
  return turned.filter((item) => !runOf(view, item.id));
}

export function hasRundown(view: View): boolean {
  return view.rundown.items.length > 0;
}

/** It ran and nothing is left. */
export function isOver(view: View): boolean {
  return view.conference.progress.current === null && pending(view).length === 0;
}

export function stateOf(view: View, item: ItemView): ItemState {
  if (view.conference.progress.current === item.id) return "current";
  const run = runOf(view, item.id);
  if (run) return run.skipped ? "skipped" : "done";
  return pending(view)[0]?.id === item.id ? "next" : "waiting";
}

/** 1 for the first. */
export function numberOf(view: View, item: ItemView): number {
  return view.rundown.items.indexOf(item) + 1;
}

/** The hall that an item puts on air; null: the hub. */
export function hallOf(view: View, item: ItemView): RoomView | null {
  const room = view.rooms.find((one) => one.code === item.room);
  return room && !room.hub ? room : null;
}

/** What Lanjut begins, in a word or two: the hall that comes on air, else the item itself. */
export function nameOf(view: View, item: ItemView): string {
  return hallOf(view, item)?.title ?? item.title;
}

/** Has it begun? What ran stays where it is. */
export function hasRun(view: View, item: ItemView): boolean {
  const run = runOf(view, item.id);
  return run !== null && !run.skipped;
}

/** An item is moved by a step among those that have not run; null: it cannot go further. */
export function moved(view: View, id: string, step: 1 | -1): ItemView[] | null {
  const { items } = view.rundown;
  const at = items.findIndex((item) => item.id === id);
  const [item, other] = [items[at], items[at + step]];
  if (!item || !other || hasRun(view, item) || hasRun(view, other)) return null;
  return items.map((one) => (one === item ? other : one === other ? item : one));
}

/** An item is put in the place of another; null: one of them has run. */
export function dropped(view: View, id: string, on: string): ItemView[] | null {
  const { items } = view.rundown;
  const [item, target] = [itemOf(view, id), itemOf(view, on)];
  if (!item || !target || item === target || hasRun(view, item) || hasRun(view, target)) return null;
  const to = items.indexOf(target);
  const rest = items.filter((one) => one !== item);
  return [...rest.slice(0, to), item, ...rest.slice(to)];
}

/** The items with one replaced, or put after another (null: at the end) where it is new. */
export function placed(items: readonly ItemView[], item: ItemView, after: string | null): ItemView[] {
  if (items.some((one) => one.id === item.id)) {
    return items.map((one) => (one.id === item.id ? item : one));
  }
  const at = items.findIndex((one) => one.id === after);
  const to = at < 0 ? items.length : at + 1;
  return [...items.slice(0, to), item, ...items.slice(to)];
}

/** An imported list takes the place of all that has not run. */
export function replaced(view: View, list: readonly ItemView[]): ItemView[] {
  return [...view.rundown.items.filter((item) => hasRun(view, item)), ...list];
}

/** As it is sent. */
export function sendable(items: readonly ItemView[]): RundownItem[] {
  return items.map((item) => ({ ...item }));
}

export function sameItem(a: ItemView, b: ItemView): boolean {
  const [x, y] = [a, b].map(({ id, kind, title, planned_s, room, notes, point, hush }) =>
    JSON.stringify([id, kind, title, planned_s, room, notes, point, hush]),
  );
  return x === y;
}

/** Not guessable, not repeated: an id that no other desk makes. */
export function newId(): string {
  return crypto.randomUUID().replaceAll("-", "").slice(0, 20);
}
