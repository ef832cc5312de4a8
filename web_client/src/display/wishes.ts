// What a hall wants of its display; kept by the browser.

import { signal } from "@preact/signals";

const KEY = "vicon.display.count";

/** The hall's own head count stands on it. */
export const countShown = signal(globalThis.localStorage?.getItem(KEY) === "1");

export function showCount(on: boolean): void {
  countShown.value = on;
  globalThis.localStorage?.setItem(KEY, on ? "1" : "0");
}

/** The display is another window of the same browser, and follows. */
export function followWishes(): void {
  addEventListener("storage", ({ key, newValue }) => {
    if (key === KEY) countShown.value = newValue === "1";
  });
}
