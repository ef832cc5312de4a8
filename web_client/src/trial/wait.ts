// Waits that end: with what was waited for, at a time limit, or when the task is given up.

import type { ReadonlySignal } from "@preact/signals";

/** A task was not done in time, or was given up for another one. */
export class Unfinished extends Error {
  override readonly name = "Unfinished";
}

/** Resolves after `ms`; rejects with Unfinished once `stop` is aborted. */
export function sleep(ms: number, stop: AbortSignal): Promise<void> {
  return limited(new Promise((resolve) => setTimeout(resolve, ms)), ms + 1_000, stop, "sleep");
}

/** `work`, but at most `ms`; rejects with Unfinished, which says `what`. */
export function limited<T>(work: Promise<T>, ms: number, stop: AbortSignal, what: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      stop.removeEventListener("abort", abandon);
    };
    const abandon = (): void => {
      end();
      reject(new Unfinished(`${what}: given up`));
    };
    const late = (): void => {
      end();
      reject(new Unfinished(`${what}: not done within ${Math.round(ms)} ms`));
    };
    const timer = setTimeout(late, ms);
    if (stop.aborted) return abandon();
    stop.addEventListener("abort", abandon, { once: true });
    work.then(resolve, reject).finally(end);
  });
}

/** Resolves as soon as the signal's value pleases. */
export function until<T>(
  source: ReadonlySignal<T>,
  pleases: (value: T) => boolean,
  ms: number,
  stop: AbortSignal,
  what: string,
): Promise<void> {
  let unsubscribe = (): void => {};
  const seen = new Promise<void>((resolve) => {
    unsubscribe = source.subscribe((value) => pleases(value) && resolve());
  });
  return limited(seen, ms, stop, what).finally(() => unsubscribe());
}
