// Brings the display to the page that opened it, or to the server, and back.

import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { streams } from "../media";
import { localNow, mirror, start } from "../store";
import { readToken } from "../token";
import type { Feed, Lender } from "./feed";
import { type Source, step } from "./source";

const LOOK_EVERY_MS = 1_000;

export const source = signal<Source | null>(null);

let followed: Lender | null = null;
let leave = (): void => {};
let lentAt = 0;

/** The page that opened this window, as long as it is one of ours that lends. */
function lender(): Lender | null {
  const opener = window.opener as Window | null;
  try {
    return opener && !opener.closed ? (opener.viconLender ?? null) : null;
  } catch (error) {
    if (error instanceof DOMException) return null; // it has gone to another site
    throw error;
  }
}

function take({ view, streams: lent, link, now }: Feed): void {
  streams.value = lent;
  mirror(view, link, now);
}

function follow(found: Lender): void {
  if (found === followed) return;
  leave();
  followed = found;
  leave = found.follow(take, window);
}

function look(): void {
  const found = lender();
  if (found) lentAt = localNow();
  const opener = window.opener as Window | null;
  const next = step({
    source: source.value,
    lender: found !== null,
    orphan: opener === null || opener.closed,
    missing: localNow() - lentAt,
    token: readToken() !== "",
  });
  if (next === "reload") return location.reload();
  if (next !== "stay") become(next);
  if (found && source.value === "page") follow(found);
}

function become(next: Source): void {
  source.value = next;
  if (next === "page") return;
  leave();
  followed = null;
  streams.value = {};
  if (next === "own") start();
}

export function useSource(): void {
  useEffect(() => {
    look();
    const looking = setInterval(look, LOOK_EVERY_MS);
    const bye = (): void => leave();
    addEventListener("pagehide", bye);
    return () => {
      clearInterval(looking);
      removeEventListener("pagehide", bye);
    };
  }, []);
}
