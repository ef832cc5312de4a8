// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import type { RunView, SweepView } from "../protocol";
import type { TrialMessage } from "../session";
import { link, view } from "../store";
import { view as seen } from "../testing/views";
import { HttpProblem } from "./http";
import { offered } from "./offer";
import { runs, sweep } from "./state";

const heard = vi.hoisted(() => ({ take: (_: TrialMessage): void => {} }));
const fetched = vi.hoisted(() => vi.fn<(id: string) => Promise<unknown>>());
const ended = vi.hoisted(() => [] as string[]);

vi.mock("../store", async (original) => ({
  ...(await original<typeof import("../store")>()),
  onTrial: (take: (message: TrialMessage) => void) => (heard.take = take),
}));

vi.mock("./http", async (original) => ({
  ...(await original<typeof import("./http")>()),
  trialRun: fetched,
}));

vi.mock("./station", () => ({ takeTask: () => {}, endRun: (id: string) => ended.push(id) }));

const run = (id: string, state: RunView["state"] = "running") =>
  ({ id, room: "64.02", state, kind: "full", started_at: 1, steps: [] }) as unknown as RunView;

const tell = (one: RunView): void => heard.take({ type: "trial.run", run: one });

function open(role: "technician" | "moderator" | "tester"): void {
  view.value = seen({ you: { role } });
  link.value = { state: "waiting" };
  link.value = { state: "open" };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  offered.value = false;
  runs.value = {};
  sweep.value = null;
  ended.length = 0;
  fetched.mockReset();
  vi.spyOn(console, "warn").mockImplementation(() => {});
});

test.each(["technician", "moderator"] as const)("a %s forgets what ran, until it is told again", (role) => {
  tell(run("a"));
  tell(run("b", "done"));
  sweep.value = { state: "running" } as SweepView;
  open(role);
  expect(Object.keys(runs.value)).toEqual(["b"]);
  expect(sweep.value).toBeNull();
  tell(run("a"));
  expect(runs.value["a"]?.state).toBe("running");
});

test("a sweep that ended stays on the board", () => {
  sweep.value = { state: "done" } as SweepView;
  open("technician");
  expect(sweep.value).not.toBeNull();
});

test("a station learns how its run ended while it was away, and closes what was open", async () => {
  tell(run("a"));
  open("tester");
  expect(runs.value["a"]?.state).toBe("running");
  fetched.mockResolvedValue({ run: run("a", "broken"), last_good: null });
  offered.value = true;
  expect(ended).toEqual(["a"]);
  await settled();
  expect(runs.value["a"]?.state).toBe("broken");
});

test.each([
  ["unknown", () => Promise.reject(new HttpProblem(404, "unknown_run"))],
  ["out of reach", () => Promise.reject(new TypeError("network"))],
  ["said to run", () => Promise.resolve({ run: run("a"), last_good: null })],
])("a run that is %s is dropped", async (_, answer) => {
  tell(run("a"));
  open("tester");
  fetched.mockImplementation(answer);
  offered.value = true;
  await settled();
  expect(ended).toEqual(["a"]);
  expect(runs.value).toEqual({});
});

test("a run that is told again goes on", async () => {
  tell(run("a"));
  open("tester");
  tell(run("a"));
  offered.value = true;
  await settled();
  expect(fetched).not.toHaveBeenCalled();
  expect(ended).toEqual([]);
  expect(runs.value["a"]?.state).toBe("running");
});

test("what the server tells while it is asked counts more than the answer", async () => {
  tell(run("a"));
  open("tester");
  fetched.mockRejectedValue(new HttpProblem(404, "unknown_run"));
  offered.value = true;
  tell(run("a", "stopped"));
  await settled();
  expect(runs.value["a"]?.state).toBe("stopped");
});

test("a run that ends closes what it had open", () => {
  tell(run("a"));
  expect(ended).toEqual([]);
  tell(run("a", "done"));
  expect(ended).toEqual(["a"]);
});
