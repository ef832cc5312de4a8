// Edits of the rundown by this desk, and the way back of the last ones.

import { signal } from "@preact/signals";
import type { ItemView, RundownEdit, RundownView } from "../protocol";
import { sendable } from "./rundown";

interface Step {
  before: ItemView[];
  /** Of the rundown that the edit made: another one means that somebody edited since. */
  version: number;
}

/** So many edits can be taken back. */
const MOST_STEPS = 20;
const steps = signal<readonly Step[]>([]);

/** As it is sent: on top of what this desk shows. */
export function editOf(shown: RundownView, items: readonly ItemView[]): RundownEdit {
  return { type: "rundown.edit", items: sendable(items), version: shown.version };
}

/** Once an edit of what was shown has been taken. */
export function keepStep(shown: RundownView): void {
  steps.value = [...steps.value, { before: shown.items, version: shown.version + 1 }].slice(-MOST_STEPS);
}

/** The edit that takes the last one back; null: there is none, or somebody edited since. */
export function backOf(now: RundownView): RundownEdit | null {
  const last = steps.value.at(-1);
  return last && last.version === now.version ? editOf(now, last.before) : null;
}

/** Once it has been taken back: the one before can be taken back next. */
export function forgetStep(now: RundownView): void {
  const left = steps.value.slice(0, -1);
  steps.value = left.map((step, i) => (i === left.length - 1 ? { ...step, version: now.version + 1 } : step));
}

/** For another conference, and for tests. */
export function forgetSteps(): void {
  steps.value = [];
}
