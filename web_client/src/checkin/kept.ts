// What this phone has said at a door, kept in its own storage: a reload, a lost network or a server
// that starts again forgets nothing.

export interface Act {
  kind: "enter" | "leave";
  /** When it was pressed, Unix ms of this phone. */
  at: number;
}

export interface Kept {
  /** The id of the entry: at random, and all it takes to leave. */
  person: string;
  /** Which coming, from 1. */
  visit: number;
  name: string;
  institution: string;
  role: string;
  /** What the server does not know yet; null: it knows all. */
  act: Act | null;
}

export interface Keeper {
  read(): Kept | null;
  write(kept: Kept | null): void;
}

/** `store`: localStorage, or null where the browser keeps nothing: then this page alone knows. */
export function keeper(store: Storage | null, key: string): Keeper {
  let own: Kept | null = null;
  let alone = !store;
  return {
    read() {
      if (!store || alone) return own;
      try {
        return parse(store.getItem(key));
      } catch {
        return own; // storage that was switched off meanwhile
      }
    },
    write(kept) {
      own = kept;
      try {
        if (kept) store?.setItem(key, JSON.stringify(kept));
        else store?.removeItem(key);
      } catch {
        alone = true; // full, or switched off: `own` is what there is
      }
    },
  };
}

function parse(text: string | null): Kept | null {
  if (!text) return null;
  try {
    const found = JSON.parse(text) as Partial<Kept> | null;
    const whole =
      typeof found?.person === "string" &&
      typeof found.visit === "number" &&
      [found.name, found.institution, found.role].every((part) => typeof part === "string") &&
      (found.act === null || typeof found.act?.at === "number");
    return whole ? (found as Kept) : null;
  } catch {
    return null;
  }
}

/** The browser's storage of that name; null where it is not given to us. */
export function storage(name: "localStorage" | "sessionStorage"): Storage | null {
  try {
    return window[name];
  } catch {
    return null; // cookies are blocked
  }
}
