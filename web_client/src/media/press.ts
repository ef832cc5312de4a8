// What a browser allows only after a press of a person: tried again at each one.

/** A finger counts only once it is lifted. */
const PRESSES = ["pointerdown", "pointerup", "keydown"] as const;

const tries = new Set<() => void>();

/** Calls `again` at each press, and at pressed(); what it gives back ends that. */
export function atEachPress(again: () => void): () => void {
  tries.add(again);
  for (const name of PRESSES) addEventListener(name, again);
  return () => {
    tries.delete(again);
    for (const name of PRESSES) removeEventListener(name, again);
  };
}

/** For a click: a screen reader's comes without pointer and key. */
export function pressed(): void {
  for (const again of [...tries]) again();
}
