// The browser as a station: does what the server asks, one task after the other, and reports.

import { effect, untracked } from "@preact/signals";
import type { Connected, Cut, DoCall, DoCut, TaskResult, TrialDo } from "../protocol";
import { cutSocket, isRefusal, quietCommand } from "../store";
import { browserFacts } from "./browser";
import { Call } from "./call";
import { Devices } from "./devices";
import { loadUp } from "./load";
import { offered, stationOn } from "./offer";
import { tryPath } from "./paths";
import { limited, Unfinished, until } from "./wait";
import { watch } from "./watch";

/** The longest that any task may take, ms. */
const TASK_MS = 180_000;
/** The socket must be back within this time, ms: the server does not wait longer. */
const BACK_MS = 30_000;
const SHORT = 300;

interface Doing {
  run: string;
  task: number;
  stop: AbortController;
}

const devices = new Devices();
const calls = new Map<string, Call>();
let doing: Doing | null = null;
let current = "";

/** A task of the server. A new one takes the place of one that has not ended. */
export function takeTask({ run, task, body }: TrialDo): void {
  if (body.type === "end") return endRun(run);
  if (doing?.run === run && doing.task === task) return; // said again after a lost socket
  doing?.stop.abort();
  if (run !== current) begin(run);
  const mine: Doing = { run, task, stop: new AbortController() };
  doing = mine;
  perform(mine, body).catch((error: unknown) => console.error("x trial:", error));
}

function begin(run: string): void {
  closeAll();
  current = run;
}

/** The run is over, whoever said so: nothing of it stays open. */
export function endRun(run: string): void {
  if (run !== current) return;
  closeAll();
}

function closeAll(): void {
  doing?.stop.abort();
  doing = null;
  current = "";
  for (const call of calls.values()) call.close();
  calls.clear();
  devices.close();
}

/** Withdrawn in the middle of a run: nothing stays open. */
effect(() => {
  if (!stationOn.value) untracked(closeAll);
});

async function perform(mine: Doing, body: TrialDo["body"]): Promise<void> {
  const stop = mine.stop.signal;
  const result = await limited(answer(mine.run, body, stop), TASK_MS, stop, body.type).catch(failed);
  if (doing !== mine) return; // given up for another one
  try {
    await report(mine, result);
  } finally {
    if (doing === mine) doing = null;
  }
}

/** What went wrong belongs into the report, whatever it was; our own mistakes into the log, too. */
function failed(error: unknown): TaskResult {
  const known = error instanceof Unfinished || error instanceof DOMException || isRefusal(error);
  if (!known) console.error("x trial task:", error);
  return { type: "failed", why: whyOf(error).slice(0, SHORT) };
}

function whyOf(error: unknown): string {
  if (isRefusal(error)) return `${error.code}: ${error.text.en}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** On a socket that knows this station: after a lost one, on the next. */
async function report(mine: Doing, result: TaskResult): Promise<void> {
  const { run, task, stop } = mine;
  try {
    await until(offered, (known) => known, BACK_MS, stop.signal, "the socket");
    await quietCommand({ type: "trial.report", run, task, result });
  } catch (error) {
    if (!isRefusal(error) && !(error instanceof Unfinished)) throw error;
    console.warn("- trial report:", whyOf(error));
  }
}

async function answer(run: string, body: TrialDo["body"], stop: AbortSignal): Promise<TaskResult> {
  switch (body.type) {
    case "browser":
      return browserFacts();
    case "devices":
      return devices.look(stop);
    case "path":
      return tryPath(run, body, stop);
    case "call":
      return openCall(run, body, stop);
    case "watch": {
      const { rtc, video, sound } = callOf(body.leg);
      return watch(body, rtc, video, sound, stop);
    }
    case "load_up":
      return loadUp(run, body, stop);
    case "cut":
      return cut(run, body, stop);
    case "hang_up":
      hangUp(body.leg);
      return { type: "echoed" };
    case "echo":
    case "end":
      return { type: "echoed" };
  }
}

function callOf(leg: string): Call {
  const call = calls.get(leg);
  if (!call) throw new Unfinished(`no call ${leg}`);
  return call;
}

function hangUp(leg: string): void {
  calls.get(leg)?.close();
  calls.delete(leg);
}

async function openCall(run: string, task: DoCall, stop: AbortSignal): Promise<Connected> {
  hangUp(task.leg);
  const call = new Call(run, task, stop);
  calls.set(task.leg, call);
  const result = await call.open(devices, stop);
  if (!result.connected && calls.get(task.leg) === call) hangUp(task.leg);
  return result;
}

/** Loses the socket, waits for the session to come back by its own means, and calls again. */
async function cut(run: string, task: DoCut, stop: AbortSignal): Promise<Cut> {
  const began = performance.now();
  const since = (): number => performance.now() - began;
  cutSocket();
  try {
    await until(offered, (known) => known, BACK_MS, stop, "the socket");
    const socket_ms = since();
    return { type: "cut", socket_ms, media_ms: await callAgain(run, task.call, since, stop) };
  } catch (error) {
    if (stop.aborted || !(error instanceof Unfinished)) throw error;
    return { type: "cut", socket_ms: null, media_ms: null };
  }
}

async function callAgain(
  run: string,
  task: DoCall,
  since: () => number,
  stop: AbortSignal,
): Promise<number | null> {
  const { connected } = await openCall(run, task, stop);
  if (!connected) return null;
  try {
    await callOf(task.leg).flows(task.timeout_s * 1000, stop);
  } catch (error) {
    if (stop.aborted || !(error instanceof Unfinished)) throw error;
    return null;
  }
  return since();
}
