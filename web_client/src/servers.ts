// The servers of this page: its own, and a second one that takes over when that is gone. Kept over a
// reload; requests go where the link is.

import { signal } from "@preact/signals";
import type { StandbyState } from "./protocol";

const KEY = "vicon.servers";

/** Where the link is: an origin; null: the page's own server. */
export const server = signal<string | null>(null);
/** How the second server stands; null: there is none, or this page is not told. */
export const standby = signal<StandbyState | null>(null);

export interface Kept {
  servers: string[];
  fence: string;
}

export function readServers(): Kept {
  const none: Kept = { servers: [], fence: "" };
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "null") as Partial<Kept> | null;
    const servers = (kept?.servers ?? []).filter((one) => isOrigin(one) && one !== location.origin);
    return { servers, fence: typeof kept?.fence === "string" ? kept.fence : "" };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return none;
    throw error;
  }
}

export function writeServers(kept: Kept): void {
  if (kept.servers.length > 0) localStorage.setItem(KEY, JSON.stringify(kept));
  else localStorage.removeItem(KEY);
}

/** Of a path of the interface, at the server where the link is. */
export function addressOf(path: string): string {
  return server.value === null ? path : new URL(path, server.value).href;
}

/** Of the WebSocket. */
export function socketAddress(at: string | null): URL {
  return new URL("/ws", (at ?? location.href).replace(/^http/, "ws"));
}

function isOrigin(value: unknown): value is string {
  return typeof value === "string" && /^https?:\/\/[^/?#]+$/.test(value);
}
