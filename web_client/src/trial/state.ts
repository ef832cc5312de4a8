// What pages read of trial calls, and what they may do.

import { computed, effect, signal, untracked } from "@preact/signals";
import type {
  EquipmentItem,
  Ok,
  RunKind,
  RunView,
  StationView,
  StepName,
  SweepView,
} from "../protocol";
import type { TrialMessage } from "../session";
import { command, link, me, onTrial, press, quietCommand } from "../store";
import { asView, isTogether } from "./board";
import { isTrouble, trialRun } from "./http";
import { offered, stationName } from "./offer";
import { forget, newest, remember, running } from "./runs";
import { endRun, takeTask } from "./station";

export { offered, offerStation, stationOn, withdrawStation } from "./offer";
export { receivedPicture, soundBlocked, trialLevel, trialPicture } from "./own";
export * from "./http";
export { newest } from "./runs";

/** All runs that this page was told of, by id. */
export const runs = signal<Record<string, RunView>>({});
/** The sweep that runs, or the last one. */
export const sweep = signal<SweepView | null>(null);
/** All pages and programs that can be tested. */
export const stations = signal<StationView[]>([]);
/** The newest run of this page as a station. */
export const myRun = computed<RunView | null>(() => {
  const name = stationName();
  const mine = newest(Object.values(runs.value).filter((run) => run.station === name));
  return mine.find((run) => !isTogether(run)) ?? mine[0] ?? null;
});

function take(message: TrialMessage): void {
  switch (message.type) {
    case "trial.do":
      return takeTask(message);
    case "trial.run":
      return takeRun(message.run);
    case "trial.sweeping":
      sweep.value = message.sweep;
      return;
    case "trial.stations":
      stations.value = message.stations;
  }
}

onTrial(take);

/** Runs that went on when the socket before was lost, and that nobody has told of since. */
let unsure = new Set<string>();

function takeRun(run: RunView): void {
  unsure.delete(run.id);
  runs.value = remember(runs.value, run);
  if (run.state !== "running") endRun(run.id);
}

/**
 * What ended while the link was away is told by nobody. What goes on is told again: to a desk
 * right after the welcome, to a station once it has offered itself.
 */
effect(() => {
  if (link.value.state === "open") untracked(doubt);
});

function doubt(): void {
  const role = me.value?.role;
  const desk = role === "technician" || role === "moderator";
  const open = running(runs.value);
  unsure = new Set(desk ? [] : open);
  if (!desk) return;
  runs.value = forget(runs.value, open);
  if (sweep.value?.state === "running") sweep.value = null;
}

effect(() => {
  if (offered.value) untracked(() => [...unsure].forEach(settle));
});

/** The server did not tell of this run again: it is over here, however it ended. */
function settle(id: string): void {
  endRun(id);
  endOf(id).then(
    (run) => {
      if (!unsure.delete(id)) return; // told meanwhile
      runs.value = run ? remember(runs.value, run) : forget(runs.value, [id]);
    },
    (error: unknown) => console.error("x trial run:", error),
  );
}

/** null: nobody can say how it ended. */
async function endOf(id: string): Promise<RunView | null> {
  try {
    const run = asView((await trialRun(id)).run);
    return run.state === "running" ? null : run;
  } catch (error) {
    if (!isTrouble(error)) throw error;
    console.warn("x trial run:", error);
    return null;
  }
}

export interface Wish {
  kind?: RunKind;
  /** Of the media call. */
  seconds?: number;
  /** Even in a live session. */
  force?: boolean;
}

/** The run's id. Rejects with a Refusal, whose sentence stands in `notice`. */
export async function startTrial(room: string, wish: Wish = {}): Promise<string> {
  return started(await command({ type: "trial.start", room, ...wish }));
}

/** The same without a word to the person, for what nobody asked for by hand. */
export async function startQuietly(room: string, wish: Wish = {}): Promise<string> {
  return started(await quietCommand({ type: "trial.start", room, ...wish }));
}

/** Runs one step again; the id of the run that does it. Rejects with a Refusal. */
export async function repeatStep(run: string, step: StepName): Promise<string> {
  return started(await command({ type: "trial.repeat", run, step }), run);
}

function started(result: Ok["result"], otherwise?: string): string {
  if (result?.type === "trial.started") return result.run;
  if (otherwise !== undefined) return otherwise;
  throw new Error("trial.start: the run's name is missing");
}

export function stopTrial(run: string): void {
  press({ type: "trial.stop", run });
}

/** Tests all rooms. Rejects with a Refusal, whose sentence stands in `notice`. */
export async function startSweep(wish: Omit<Wish, "kind"> = {}): Promise<void> {
  await command({ type: "trial.sweep", ...wish });
}

export function stopSweep(): void {
  press({ type: "trial.sweep_stop" });
}

/** Ticks an item of a room's equipment list, or takes the tick away. */
export function checkEquipment(room: string, item: EquipmentItem, on: boolean): void {
  press({ type: "readiness.check", room, item, on });
}

/** Lets a room in that is not ready, or takes that back. */
export function overrideGate(room: string, on: boolean, reason: string): void {
  press({ type: "readiness.override", room, on, reason });
}
