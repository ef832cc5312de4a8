import { expect, test } from "vitest";
import type { ReadinessState, RoomView, RunView, StepView, TestedView } from "../protocol";
import type { StoredRun, TrialRow } from "./http";
import * as board from "./board";

const zone = { timezone: "Asia/Makassar", timezone_label: "WITA" };

function room(code: string, state: ReadinessState, override = ""): RoomView {
  const readiness = { state, why: { id: "", en: "" }, tested: null, stale: false, ticks: [], override };
  return { code, title: code, readiness } as unknown as RoomView;
}

function step(name: StepView["name"], state: StepView["state"], figures: Record<string, number> = {}): StepView {
  const text = { id: "x", en: "x" };
  return {
    name,
    state,
    line: text,
    cause: state === "fail" || state === "warn" ? text : null,
    cure: [],
    progress: null,
    attempts: 1,
    figures: Object.entries(figures).map(([n, value]) => ({
      name: n, value, unit: "", state: "pass" as const, text, limit: text,
    })),
  };
}

function run(id: string, at: number, changes: Partial<RunView> = {}): RunView {
  return { id, room: "A", state: "running", kind: "full", started_at: at, steps: [], ...changes } as RunView;
}

test("one room that is not ready stops all, unless a moderator lets it in", () => {
  const rooms = [room("A", "ready"), room("B", "not_ready"), room("C", "attention")];
  expect(board.goOf(rooms)).toMatchObject({ kind: "blocked", ready: 1, attention: 1, notReady: 1 });
  expect(board.goOf(rooms).worst?.code).toBe("B");
  const let_in = [room("A", "ready"), room("B", "not_ready", "moderator"), room("C", "attention")];
  expect(board.goOf(let_in).kind).toBe("attention");
});

test("untested rooms are named; all ready is ready", () => {
  const go = board.goOf([room("A", "ready"), room("B", "untested"), room("C", "untested")]);
  expect(go).toMatchObject({ kind: "untested", names: ["B", "C"], untested: 2 });
  expect(board.goOf([room("A", "ready")])).toMatchObject({ kind: "ready", worst: null });
});

test("a cause inside a sentence begins small, an abbreviation does not", () => {
  expect(board.lowerFirst("Mikrofon tidak bersuara.")).toBe("mikrofon tidak bersuara.");
  expect(board.lowerFirst("RTT 612 ms")).toBe("RTT 612 ms");
  expect(board.lowerFirst("Jabra Speak tidak bersuara.")).toBe("Jabra Speak tidak bersuara.");
  expect(board.lowerFirst("")).toBe("");
});

test("time left in words", () => {
  expect(board.untilWords(78 * 60_000, "id")).toBe("1 jam 18 menit");
  expect(board.untilWords(78 * 60_000, "en")).toBe("1 hour 18 minutes");
  expect(board.untilWords(30_000, "id")).toBe("kurang dari 1 menit");
  expect(board.untilWords(49 * 3_600_000, "id")).toBe("2 hari 1 jam");
});

test("the day is the one of the conference's zone", () => {
  const now = Date.UTC(2020, 8, 24, 23, 42); // 25 September 07:42 WITA
  expect(board.dayAgo(now - 21 * 60_000, now, zone)).toBe("today");
  expect(board.dayAgo(Date.UTC(2020, 8, 24, 8), now, zone)).toBe("yesterday");
  expect(board.dayAgo(Date.UTC(2020, 8, 20, 8), now, zone)).toBe("20/9");
});

test("figures wear the colour of their threshold", () => {
  expect(board.toneOf("rtt", 299)).toBe("");
  expect(board.toneOf("rtt", 300)).toBe("warn");
  expect(board.toneOf("rtt", 612)).toBe("bad");
  expect(board.toneOf("loss", 5)).toBe("warn");
  expect(board.toneOf("up", 0.31)).toBe("warn");
  expect(board.toneOf("mos", 3.11)).toBe("bad");
  expect(board.toneOf("mos", null)).toBe("");
});

test("cells: the last trial, or what the running one has measured", () => {
  const tested = {
    rtt_ms: 42, loss_up_percent: 0.1, loss_down_percent: 0.4, capacity_up_kbps: 4000,
    capacity_down_kbps: 18_400, capacity_up_more: true, capacity_down_more: false, mos: null,
  } as TestedView;
  const known = room("A", "ready");
  known.readiness.tested = tested;
  expect(board.cellsOf(known, null)).toMatchObject({
    rtt: { value: 42 }, loss: { value: 0.4 }, up: { value: 4, more: true },
    down: { value: 18.4, more: false }, mos: { value: null, more: false },
  });
  const running = run("r", 1, { steps: [step("media", "running", { rtt_ms: 96 })] });
  expect(board.cellsOf(known, running)).toMatchObject({ rtt: { value: 96 }, up: { value: null, more: false } });
});

test("sparks: the last ten full runs, unknown ones left out", () => {
  const row = (at: number, rtt: number | null, kind = "full") =>
    ({ room: "A", kind, started_at: at, figures: { rtt_ms: rtt } }) as unknown as TrialRow;
  const rows = [row(1, 10), row(2, null), row(3, 30), row(4, 99, "quick")];
  expect(board.sparkValues(rows, "A", "rtt")).toEqual([10, 30]);
  const many = Array.from({ length: 20 }, (_, i) => row(i, i));
  expect(board.sparkValues(many, "A", "rtt")).toHaveLength(10);
  expect(board.sparkValues(many, "A", "rtt").at(-1)).toBe(19);
  expect(board.sparkPath(board.sparkPoints([1, 3]))).toBe("M0 12L53 2");
  expect(board.sparkPoints([4, 4])).toEqual([[0, 12], [53, 12]]);
  expect(board.sparkPoints([4])).toEqual([]);
});

test("which run and which step", () => {
  const runs = { a: run("a", 5, { state: "done" }), b: run("b", 4), c: run("c", 9, { room: "B" }) };
  expect(board.runOf(runs, "A")?.id).toBe("b");
  expect(board.runOf(runs, "Z")).toBeNull();
  const parts = [step("browser", "pass"), step("devices", "fail"), step("media", "running"), step("verdict", "pending")];
  expect(board.stepPlace(run("a", 1, { steps: parts }))).toBe(3);
  expect(board.openStep(run("a", 1, { steps: parts }))).toBe("devices");
  const warned = run("a", 1, { state: "done", steps: [step("paths", "warn")] });
  expect(board.openStep(warned)).toBe("paths");
  expect(board.openStep({ ...warned, state: "running" })).toBeNull();
});

test("the all-at-once part of a sweep does not hide the run that measured all", () => {
  const whole = run("a", 5, { state: "done", steps: [step("devices", "fail"), step("media", "pass")] });
  const call = [step("devices", "skipped"), step("media", "pass"), step("verdict", "pass")];
  const together = run("b", 9, { state: "done", steps: call });
  expect(board.runOf({ whole, together }, "A")?.id).toBe("a");
  expect(board.runOf({ together }, "A")?.id).toBe("b");
  expect(board.runOf({ whole, together: { ...together, state: "running" } }, "A")?.id).toBe("b");
});

test("a headline ends before the figures", () => {
  const words = "Mikrofon terbaca, tetapi tidak bersuara: −74 dBFS, batas −60 dBFS.";
  expect(board.withoutFigures(words)).toBe("Mikrofon terbaca, tetapi tidak bersuara.");
  const frozen = "Gambar membeku: gambar datang, tetapi tidak berubah.";
  expect(board.withoutFigures(frozen)).toBe(frozen);
});

test("a sweep's cell shows the worse of alone and together", () => {
  const one = { room: "A", run: null, together: null, why: null };
  const done = { ...one, state: "done" as const };
  expect(board.sweepCell({ ...done, verdict: "pass", together_verdict: "warn" })).toBe("warn");
  expect(board.sweepCell({ ...done, verdict: "fail", together_verdict: null })).toBe("bad");
  expect(board.sweepCell({ ...one, state: "running", verdict: null, together_verdict: null })).toBe("cur");
  expect(board.sweepCell({ ...one, state: "waiting", verdict: null, together_verdict: null })).toBe("");
  expect(board.sweepCell({ ...one, state: "skipped", verdict: null, together_verdict: null })).toBe("skip");
});

test("an old run is shown as one that is being seen", () => {
  const empty = { id: "", en: "" };
  const stored = {
    id: "r", room: "A", kind: "full", state: "done", verdict: "pass", profile: "720p", sentence: empty,
    steps: [{ name: "browser", state: "pass", line: empty, figures: [], cause: empty, cure: [], attempts: 1 }],
    started_at: 1, ended_at: 2, by: "x", station: "s", agent: "Chrome", hash: "h",
  } as unknown as StoredRun;
  expect(board.asView(stored)).toMatchObject({ id: "r", picture: false, hash: "h" });
  expect(board.asView(stored).steps[0]).toMatchObject({ cause: null, progress: null });
});

test("the meter ends at silence and at full scale", () => {
  expect(board.meterLevel(null)).toBe(0);
  expect(board.meterLevel(-74)).toBeCloseTo(0.075);
  expect(board.meterLevel(3)).toBe(1);
});
