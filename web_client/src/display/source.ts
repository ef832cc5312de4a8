// Where a display has its programme from: the page that opened it, or the server itself. Pure.

/** page: fed by the page that opened it. own: by a connection of its own. lost: by neither. */
export type Source = "page" | "own" | "lost";

/** So long a page that is being reloaded is waited for, ms. */
export const RELOAD_MS = 10_000;

export interface Around {
  /** Where it is from now; null: not yet anywhere. */
  source: Source | null;
  /** The page that opened this one is there and lends. */
  lender: boolean;
  /** It was closed, or there never was one. */
  orphan: boolean;
  /** ms since the page lent last. */
  missing: number;
  /** The display's own link is in the address. */
  token: boolean;
}

/** What to do: nothing, go to another source, or load anew, since a connection is never given back. */
export function step(now: Around): "stay" | "reload" | Source {
  if (now.source === "own") return now.lender ? "reload" : "stay";
  if (now.lender) return now.source === "page" ? "stay" : "page";
  if (now.source === "page" && !now.orphan && now.missing < RELOAD_MS) return "stay";
  const next = now.token ? "own" : "lost";
  return next === now.source ? "stay" : next;
}
