import { expect, test } from "vitest";
import { runningView } from "../../fixture/ceremony";
import { drawnView, NOW, withConference } from "../../fixture/view";
import type { ItemRunView, View } from "../protocol";
import { overrun, timing } from "./timing";

const S = 1000;
const seen = runningView(drawnView());
const withRuns = (runs: ItemRunView[], changes: Partial<View["conference"]["progress"]> = {}): View =>
  withConference(seen, { progress: { ...seen.conference.progress, ...changes, runs } });

test("as drawn: 02:10 left, 01:50 behind, ends about 10:01", () => {
  const now = timing(seen, NOW);
  expect(now).toMatchObject({ elapsed: 50 * S, left: 130 * S });
  expect(now.behind).toBe(110 * S);
  expect(new Date(now.endsAt ?? 0).toISOString().slice(11, 16)).toBe("02:01"); // 10:01 WITA
});

test("an item that overruns pushes the end on, one that is within its time does not", () => {
  const end = timing(seen, NOW).endsAt ?? 0;
  expect(timing(seen, NOW + 100 * S).endsAt).toBe(end);
  const over = timing(seen, NOW + 190 * S);
  expect(over.left).toBe(-60 * S);
  expect((over.endsAt ?? 0) - end).toBe(60 * S);
});

test("a pause stops the item's time and moves the end", () => {
  const paused = withConference(seen, { progress: { ...seen.conference.progress, paused_at: NOW } });
  const later = timing(paused, NOW + 30 * S);
  expect(later.left).toBe(130 * S);
  expect(later.behind - timing(seen, NOW).behind).toBe(30 * S);
  const [a, b, c] = seen.conference.progress.runs as [ItemRunView, ItemRunView, ItemRunView];
  expect(timing(withRuns([a, b, { ...c, paused_ms: 20 * S }]), NOW).elapsed).toBe(30 * S);
});

test("a plan of another day makes nobody late", () => {
  const starts_at = NOW - 6 * 365 * 24 * 3600 * S; // the built-in example is of 2020
  const before = withConference(withRuns([], { current: null }), { starts_at });
  expect(timing(before, NOW)).toMatchObject({ behind: 0, endsAt: null });
  const run: ItemRunView = { item: "i1", started_at: NOW, ended_at: null, paused_ms: 0, skipped: false };
  const running = withConference(withRuns([run], { current: "i1" }), { starts_at });
  expect(timing(running, NOW + 60 * S).behind).toBe(0);
});

test("what is skipped makes nobody early", () => {
  const skip: ItemRunView = { item: "i14", started_at: NOW, ended_at: NOW, paused_ms: 0, skipped: true };
  const skipped = timing(withRuns([...seen.conference.progress.runs, skip]), NOW);
  expect(skipped.behind).toBe(timing(seen, NOW).behind);
  expect((timing(seen, NOW).endsAt ?? 0) - (skipped.endsAt ?? 0)).toBe(600 * S);
});

test("before the first item a late beginning counts; when all is over nothing is forecast", () => {
  const starts_at = seen.conference.starts_at ?? 0;
  const before = withRuns([], { current: null });
  expect(timing(before, starts_at + 40 * S)).toMatchObject({ elapsed: 0, behind: 40 * S });
  expect(timing(before, starts_at - 40 * S).behind).toBe(0);
  expect(timing(withConference(before, { starts_at: null }), NOW).endsAt).toBeNull();
  const runs = seen.rundown.items.map((item) => ({
    item: item.id, started_at: NOW, ended_at: NOW, paused_ms: 0, skipped: false,
  })); // prettier-ignore
  expect(timing(withRuns(runs, { current: null }), NOW)).toMatchObject({ endsAt: null, behind: 0 });
});

test("amber when over; red from a fifth of the length or a minute on, whichever is sooner", () => {
  const minutes = (n: number): number => n * 60 * S;
  expect(overrun(0, minutes(3))).toBe("none");
  expect(overrun(-1 * S, minutes(3))).toBe("over");
  expect(overrun(-36 * S, minutes(3))).toBe("over");
  expect(overrun(-37 * S, minutes(3))).toBe("far");
  expect(overrun(-60 * S, minutes(10))).toBe("over");
  expect(overrun(-61 * S, minutes(10))).toBe("far");
});
