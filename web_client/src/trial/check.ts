// What the join page says of the last trial of its line. Pure.

import type { Outcome, Profile, RunView, Text } from "../protocol";

export type CheckState =
  | { is: "none" }
  /** `step` counts from 1. */
  | { is: "running"; own: boolean; step: number; of: number }
  | { is: "broken"; sentence: Text | null }
  | { is: "over"; verdict: Outcome; profile: Profile | null; sentence: Text; advice: Advice[] };

/** Why a step was no pass, and what to do about it, one act after the other. */
export interface Advice {
  cause: Text | null;
  cure: Text[];
}

export function checkState(run: RunView | null): CheckState {
  if (!run || (run.state === "stopped" && !run.verdict)) return { is: "none" };
  if (run.state === "running") {
    return { is: "running", own: run.kind === "quick", step: stepAt(run), of: run.steps.length };
  }
  if (!run.verdict) return { is: "broken", sentence: spoken(run.sentence) };
  const { verdict, profile, sentence } = run;
  return { is: "over", verdict, profile, sentence, advice: adviceOf(run) };
}

/** The step that runs, else the one that comes next. */
function stepAt(run: RunView): number {
  const running = run.steps.findIndex((step) => step.state === "running");
  const next = run.steps.findIndex((step) => step.state === "pending");
  const found = running >= 0 ? running : next >= 0 ? next : run.steps.length - 1;
  return found + 1;
}

/** Of the steps that were no pass, failures first. */
function adviceOf(run: RunView): Advice[] {
  const bad = (["fail", "warn"] as const).flatMap((state) =>
    run.steps.filter((step) => step.state === state),
  );
  return bad
    .filter((step) => step.cause || step.cure.length > 0)
    .map(({ cause, cure }) => ({ cause, cure }));
}

function spoken(text: Text): Text | null {
  return text.id ? text : null;
}
