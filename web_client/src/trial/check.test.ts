import { describe, expect, test } from "vitest";
import type { RunView, StepName, StepView } from "../protocol";
import { checkState } from "./check";
import { forget, newest, remember, running } from "./runs";

const NAMES: StepName[] = [
  ...(["browser", "devices", "signalling", "paths"] as const),
  ...(["media", "capacity", "reconnect", "verdict"] as const),
];
const text = (words: string) => ({ id: words, en: words });

function step(name: StepName, changes: Partial<StepView> = {}): StepView {
  const state = "pending" as const;
  return {
    ...{ name, state, line: text(""), figures: [], cause: null, cure: [] },
    ...{ progress: null, attempts: 0, ...changes },
  };
}

function run(changes: Partial<RunView> = {}, steps: Partial<Record<StepName, Partial<StepView>>> = {}) {
  const made: RunView = {
    ...{ id: "r", room: "64.02", kind: "quick", state: "running", verdict: null, profile: null },
    ...{ sentence: text(""), steps: NAMES.map((name) => step(name, steps[name])) },
    ...{ started_at: 0, ended_at: null, by: "", station: "s", agent: "", picture: false },
    ...{ microphone: null, hash: "", ...changes },
  };
  return made;
}

describe("what the join page says", () => {
  test("nothing before the first run, or after one that was stopped", () => {
    expect(checkState(null)).toEqual({ is: "none" });
    expect(checkState(run({ state: "stopped" }))).toEqual({ is: "none" });
  });

  test("a run says which step it is at, and whose it is", () => {
    const at = { browser: { state: "pass" }, devices: { state: "running" } } as const;
    expect(checkState(run({}, at))).toEqual({ is: "running", own: true, step: 2, of: 8 });
    const between = run({ kind: "full" }, { browser: { state: "pass" } });
    expect(checkState(between)).toEqual({ is: "running", own: false, step: 2, of: 8 });
  });

  test("the verdict comes with the advice of failed steps first", () => {
    const seen = checkState(
      run({ state: "done", verdict: "fail", profile: "audio", sentence: text("so") }, {
        devices: { state: "warn", cause: text("dark"), cure: [text("lamp")] },
        media: { state: "fail", cause: text("loss"), cure: [text("cable")] },
        paths: { state: "pass" },
      }),
    );
    expect(seen).toMatchObject({
      ...{ is: "over", verdict: "fail", profile: "audio" },
      advice: [{ cause: text("loss") }, { cause: text("dark") }],
    });
  });

  test("a run that broke says why where it knows", () => {
    expect(checkState(run({ state: "broken", sentence: text("why") }))).toEqual({
      ...{ is: "broken", sentence: text("why") },
    });
    expect(checkState(run({ state: "broken" }))).toEqual({ is: "broken", sentence: null });
  });
});

describe("the runs that a page remembers", () => {
  test("a run takes the place of its earlier state", () => {
    const all = remember({ r: run() }, run({ state: "done" }));
    expect(Object.keys(all)).toEqual(["r"]);
    expect(all["r"]?.state).toBe("done");
  });

  test("those that run can be forgotten", () => {
    const all = { a: run({ id: "a" }), b: run({ id: "b", state: "done" }), c: run({ id: "c" }) };
    expect(running(all)).toEqual(["a", "c"]);
    expect(forget(all, ["a", "c"])).toEqual({ b: all.b });
  });

  test("the oldest go, but none that runs", () => {
    const made = (n: number): RunView => run({ id: `${n}`, started_at: n, state: n ? "done" : "running" });
    let all: Record<string, RunView> = {};
    for (let n = 0; n < 100; n++) all = remember(all, made(n));
    expect(Object.keys(all)).toHaveLength(61);
    expect(all["0"]).toBeDefined();
    expect(newest(Object.values(all))[0]?.id).toBe("99");
  });
});
