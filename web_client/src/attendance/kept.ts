// Acts that wait for the link, in the browser's own storage: a reload or a crash loses none. What
// the server knows is taken out at once.

import type { Text } from "../protocol";
import type { AttendanceAct } from "./outbox";

/** Older than this an act is of another day. Ms. */
const KEPT_MS = 86_400_000;
const TYPES: readonly string[] = [
  "attendance.enter",
  "attendance.leave",
  "attendance.keep",
  "attendance.correct",
  "attendance.strike",
] satisfies AttendanceAct["type"][];

export interface KeptAct {
  act: AttendanceAct;
  /** Unix ms. */
  at: number;
  refused: Text | null;
}

export interface Keeper {
  read(): KeptAct[];
  write(acts: readonly KeptAct[]): void;
}

/** `store` null: the browser keeps nothing, and a reload loses what waits. `now`: Unix ms. */
export function keeper(store: Storage | null, key: string, now: () => number): Keeper {
  return {
    read() {
      try {
        return parse(store?.getItem(key) ?? null).filter((one) => now() - one.at < KEPT_MS);
      } catch {
        return []; // storage that was switched off, or what another version wrote
      }
    },
    write(acts) {
      try {
        if (acts.length) store?.setItem(key, JSON.stringify(acts));
        else store?.removeItem(key);
      } catch {
        // Full, or switched off: the page's memory is what there is.
      }
    },
  };
}

function parse(text: string | null): KeptAct[] {
  const found: unknown = text ? JSON.parse(text) : [];
  return Array.isArray(found) ? found.filter(whole) : [];
}

function whole(one: unknown): one is KeptAct {
  const { act, at, refused } = (one ?? {}) as Partial<KeptAct>;
  return (
    typeof at === "number" &&
    TYPES.includes(act?.type ?? "") &&
    typeof act?.room === "string" &&
    typeof act.person === "string" &&
    (refused === null || (typeof refused?.id === "string" && typeof refused.en === "string"))
  );
}
