import { expect, test } from "vitest";
import { room } from "../testing/views";
import { figuresOf, grown, isKnown, MOST_POINTS, type Point, pointOf, rowsOf, steps, type Told } from "./course";

const at = (ms: number, effective: number | null, camera: number | null = null, limit = 12): Point => [
  ms,
  effective,
  0,
  effective,
  camera,
  null,
  limit,
];
const MINUTE = 60_000;

test("a figure holds until the next one: steps, never a slope, and gaps where nothing is known", () => {
  expect(steps([at(1000, 8, 7), at(3000, null, 7), at(5000, 9, null)], 9000)).toEqual([
    [1, 2.999, 3, 4.999, 5, 8.999],
    [8, 8, null, null, 9, 9],
    [7, 7, 7, 7, null, null],
    [12, 12, 12, 12, 12, 12],
  ]);
  expect(steps([], 9000)).toEqual([[], [], [], []]);
});

test("a change adds a point, the same again does not, and a clock that lags loses none", () => {
  const points = [at(1000, 8)];
  expect(grown(points, at(2000, 9))).toEqual([at(1000, 8), at(2000, 9)]);
  expect(grown(points, at(2000, 8))).toHaveLength(1);
  expect(grown(points, at(500, 9))).toEqual([at(1000, 8), at(1001, 9)]);
  const many = Array.from({ length: MOST_POINTS }, (_, n) => at(n, n % 2));
  expect(grown(many, at(MOST_POINTS, 5))).toHaveLength(MOST_POINTS);
});

test("a room's present figures are a point", () => {
  const estimate = { persons: 9, quality: "ok" as const, since: 0 };
  expect(pointOf(room("64.02", { declared: 7, checked_in: 8, count: 8, estimate }), 5)).toEqual([
    5, 7, 8, 8, 9, "ok", 12,
  ]);
});

const told = (changes: Partial<Told> = {}): Told => ({
  rooms: [],
  live_at: 0,
  closed_at: null,
  now: 10 * MINUTE,
  ...changes,
});
const course = { room: "64.02", points: [], begin: 8, peak: 10, peak_at: MINUTE, end: 9, person_minutes: 80 };
const points = [at(MINUTE, 10), at(8 * MINUTE, 9), at(12 * MINUTE, 11), at(13 * MINUTE, null)];

test("peak and person-minutes go on from where the server had them", () => {
  expect(figuresOf(told(), course, points, 15 * MINUTE)).toEqual({
    begin: 8,
    peak: 11,
    peakAt: 12 * MINUTE,
    personMinutes: 80 + 2 * 9 + 1 * 11,
  });
});

test("before it is live and after its end they rest", () => {
  for (const change of [{ live_at: null }, { closed_at: 9 * MINUTE }]) {
    expect(figuresOf(told(change), course, points, 15 * MINUTE).personMinutes).toBe(80);
  }
});

test("the table has the newest first, and not more than it should", () => {
  expect(rowsOf(points, 2)).toEqual([
    { at: 13 * MINUTE, counted: null, camera: null, limit: 12 },
    { at: 12 * MINUTE, counted: 11, camera: null, limit: 12 },
  ]);
  expect(isKnown([at(0, null)])).toBe(false);
  expect(isKnown([at(0, null, 3)])).toBe(true);
});
