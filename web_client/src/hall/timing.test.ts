import { describe, expect, test } from "vitest";
import type { ItemRunView, ItemView, View } from "../protocol";
import { view } from "../testing/views";
import { itemTime, turnOf } from "./timing";

const START = Date.UTC(2020, 8, 25, 1);
const MINUTE = 60_000;

function item(id: string, minutes: number, room: string | null = null): ItemView {
  return { id, kind: "speech", title: id, planned_s: minutes * 60, room, notes: "", point: 0, hush: false };
}

function run(id: string, from: number, changes: Partial<ItemRunView> = {}): ItemRunView {
  return { item: id, started_at: from, ended_at: null, paused_ms: 0, skipped: false, ...changes };
}

const ITEMS = [
  item("open", 2),
  item("a", 5, "64.08"),
  item("talk", 10),
  item("b", 5, "64.11"),
  item("c", 5, "64.02"),
];

function seen(progress: Partial<View["conference"]["progress"]> = {}, items = ITEMS): View {
  const all = { current: null, paused_at: null, undo_until: null, runs: [], ...progress };
  return { ...view({ conference: { progress: all } }), rundown: { items, version: 1 } };
}

describe("the time that is left", () => {
  const running = (pausedAt: number | null = null, pausedMs = 0): View =>
    seen({ current: "a", paused_at: pausedAt, runs: [run("a", START, { paused_ms: pausedMs })] });

  test("counts down from what was planned", () => {
    expect(itemTime(running(), START + 2 * MINUTE)).toMatchObject({ left: 3 * MINUTE, over: "no", paused: false });
  });

  test("stands still in a pause, and pauses that are over are not counted", () => {
    const paused = running(START + MINUTE);
    expect(itemTime(paused, START + 9 * MINUTE)).toMatchObject({ left: 4 * MINUTE, paused: true });
    expect(itemTime(running(null, MINUTE), START + 3 * MINUTE)?.left).toBe(3 * MINUTE);
  });

  test("is over at first, and far over by a minute or a fifth of the plan", () => {
    const at = (ms: number) => itemTime(running(), START + 5 * MINUTE + ms)?.over;
    expect(at(0)).toBe("no");
    expect(at(1)).toBe("late");
    expect(at(MINUTE)).toBe("late");
    expect(at(MINUTE + 1)).toBe("far");
    const short = seen({ current: "open", runs: [run("open", START)] });
    expect(itemTime(short, START + 2 * MINUTE + 24_001)?.over).toBe("far");
  });

  test("is nobody's before the first item and after the last", () => {
    expect(itemTime(seen(), START)).toBeNull();
    expect(itemTime(seen({ runs: [run("a", START, { ended_at: START + 1 })] }), START)).toBeNull();
  });
});

describe("the hall's turn", () => {
  test("is numbered among the halls and forecast from what is planned before it", () => {
    expect(turnOf(seen(), START - MINUTE)).toEqual({ number: 3, at: START + 22 * MINUTE });
  });

  test("moves when the beginning is late, when an item overruns, and in a pause", () => {
    expect(turnOf(seen(), START + 3 * MINUTE)?.at).toBe(START + 25 * MINUTE);
    const ended = run("open", START, { ended_at: START + 2 * MINUTE });
    const running = (pausedAt: number | null) =>
      seen({ current: "a", paused_at: pausedAt, runs: [ended, run("a", START + 2 * MINUTE)] });
    expect(turnOf(running(null), START + 4 * MINUTE)?.at).toBe(START + 22 * MINUTE);
    expect(turnOf(running(null), START + 10 * MINUTE)?.at).toBe(START + 25 * MINUTE);
    expect(turnOf(running(START + 4 * MINUTE), START + 6 * MINUTE)?.at).toBe(START + 24 * MINUTE);
  });

  test("loses no number to what was skipped, and comes earlier", () => {
    const skipped = run("a", START, { ended_at: START, skipped: true });
    expect(turnOf(seen({ runs: [skipped] }), START)).toEqual({ number: 2, at: START + 17 * MINUTE });
  });

  test("is over once it was had", () => {
    const had = [run("open", START), run("c", START, { ended_at: START + 1 })];
    expect(turnOf(seen({ current: "open", runs: had }), START)).toBeNull();
  });

  test("is told by the order of the floor where the rundown names no hall", () => {
    expect(turnOf(seen({}, [item("open", 2)]), START)).toEqual({ number: 3, at: null });
  });
});
