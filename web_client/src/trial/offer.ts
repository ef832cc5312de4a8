// This page as a station: it says that it can be tested, and says so again after every welcome.

import { effect, signal, untracked } from "@preact/signals";
import { isRefusal, link, quietCommand } from "../store";

const KEY = "vicon.station";
/** After a refusal: too many pages of this room may be one fewer by then, ms. */
const AGAIN_MS = 2_000;

/** This page can be tested. */
export const stationOn = signal(false);
/** The server knows this page as a station, on the socket that is open now. */
export const offered = signal(false);

/** Kept by the tab, so that a reload is the same station. */
export function stationName(): string {
  const kept = sessionStorage.getItem(KEY);
  if (kept) return kept;
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  const made = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  sessionStorage.setItem(KEY, made);
  return made;
}

/** From now on this page can be tested for its room. */
export function offerStation(): void {
  stationOn.value = true;
}

/** This page cannot be tested any more; a trial that runs on it is told by the server. */
export function withdrawStation(): void {
  if (!stationOn.value) return;
  stationOn.value = false;
}

const NAMES: [RegExp, string][] = [
  [/Firefox\/(\d+)/, "Firefox"],
  [/Edg\/(\d+)/, "Edge"],
  [/OPR\/(\d+)/, "Opera"],
  [/Chrome\/(\d+)/, "Chrome"],
  [/Version\/(\d+).*Safari/, "Safari"],
];

/** Name and version, as people say them: "Firefox 153". */
export function browserName(agent: string): string {
  for (const [pattern, name] of NAMES) {
    const found = pattern.exec(agent);
    if (found) return `${name} ${found[1]}`;
  }
  return agent.slice(0, 300);
}

let again: ReturnType<typeof setTimeout> | undefined;

/** Offers or withdraws on the socket that stands; a new socket knows nothing of us. */
effect(() => {
  const open = link.value.state === "open";
  const on = stationOn.value;
  untracked(() => {
    if (!open) offered.value = false;
    else if (on && !offered.value) offer();
    else if (!on && offered.value) withdraw();
  });
});

function offer(): void {
  clearTimeout(again);
  const standing = link.value;
  const agent = browserName(navigator.userAgent);
  quietCommand({ type: "trial.offer", station: stationName(), client: "browser", agent }).then(
    () => {
      if (link.value !== standing) return; // said on a socket that is gone
      offered.value = true;
      if (!stationOn.value) withdraw();
    },
    (error: unknown) => {
      complain(error);
      again = setTimeout(() => {
        if (link.value === standing && stationOn.value && !offered.value) offer();
      }, AGAIN_MS);
    },
  );
}

function withdraw(): void {
  offered.value = false;
  quietCommand({ type: "trial.withdraw" }).catch(complain);
}

function complain(error: unknown): void {
  if (!isRefusal(error)) throw error;
  console.warn("- station:", error.code);
}
