// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import type { RunView } from "../protocol";
import { chosen, loadLast, opened, openRun, shownRun } from "./desk";
import { runs } from "./state";

const fetched = vi.hoisted(() => vi.fn<(id: string) => Promise<unknown>>());

vi.mock("./http", async (original) => ({
  ...(await original<typeof import("./http")>()),
  trialRun: fetched,
}));

const run = (id: string, at: number, changes: Partial<RunView> = {}) =>
  ({ id, room: "64.02", state: "done", kind: "full", started_at: at, steps: [], ...changes }) as RunView;

beforeEach(() => {
  runs.value = {};
  opened.value = null;
  chosen.value = "64.02";
  fetched.mockReset();
});

test("two rooms' last runs, fetched at once, both stay", async () => {
  const answers: Record<string, () => void> = {};
  fetched.mockImplementation(
    (id) => new Promise((resolve) => (answers[id] = () => resolve({ run: run(id, 1, { room: id }) }))),
  );
  const both = Promise.all([loadLast("A", "A"), loadLast("B", "B")]);
  answers["B"]?.();
  answers["A"]?.();
  await both;
  for (const room of ["A", "B"]) {
    chosen.value = room;
    expect(shownRun.value?.id).toBe(room);
  }
});

test("an opened run that still runs is followed", async () => {
  runs.value = { old: run("old", 1), older: run("older", 0, { state: "running" }), now: run("now", 2, { state: "running" }) };
  await openRun("older");
  expect(shownRun.value?.state).toBe("running");
  runs.value = { ...runs.value, older: run("older", 0, { verdict: "pass" }) };
  expect(shownRun.value).toMatchObject({ id: "older", state: "done", verdict: "pass" });
});

test("the run that goes on is no old one", async () => {
  runs.value = { old: run("old", 1), now: run("now", 2, { state: "running" }) };
  await openRun("old");
  expect(opened.value?.id).toBe("old");
  await openRun("now");
  expect(opened.value).toBeNull();
  expect(shownRun.value?.id).toBe("now");
});

test("a run that is not known is fetched", async () => {
  fetched.mockResolvedValue({ run: run("kept", 1) });
  await openRun("kept");
  expect(shownRun.value?.id).toBe("kept");
});
