// Which of the organizer's pages is open, and what was typed and is not kept yet.

import { signal } from "@preact/signals";
import { sent, type Table } from "./table";

/** `id` null: a new conference. */
export type Place =
  | { page: "list" }
  | { page: "edit"; id: string | null; from: string | null }
  | { page: "links"; id: string };

export const place = signal<Place>(remembered());

function remembered(): Place {
  const kept: unknown = globalThis.history?.state;
  return typeof kept === "object" && kept !== null && "page" in kept ? (kept as Place) : { page: "list" };
}

/** Opens a page; the browser's way back leads to the one before. */
export function go(next: Place): void {
  history.pushState(next, "");
  place.value = next;
  scrollTo(0, 0);
}

/** In place of the page that is open. */
export function settle(next: Place): void {
  history.replaceState(next, "");
  place.value = next;
}

export function followHistory(): () => void {
  const back = (): void => void (place.value = remembered());
  addEventListener("popstate", back);
  return () => removeEventListener("popstate", back);
}

interface Draft {
  table: Table;
  version: string | null;
}

const KEY = "vicon.office.draft.";

/** Kept in this tab until it is saved or thrown away: a reload loses nothing that was typed. `of`:
 * what is edited, or what a new one is made from. */
export function keepDraft(of: string, draft: Draft): void {
  try {
    sessionStorage.setItem(KEY + of, JSON.stringify(draft));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    console.warn("x draft:", error.name); // full: what is on the page is still there
  }
}

export function readDraft(of: string): Draft | null {
  const kept = sessionStorage.getItem(KEY + of);
  return kept ? (JSON.parse(kept) as Draft) : null;
}

export function dropDraft(of: string): void {
  sessionStorage.removeItem(KEY + of);
}

export function same(one: Table, other: Table): boolean {
  return JSON.stringify(sent(one)) === JSON.stringify(sent(other));
}
