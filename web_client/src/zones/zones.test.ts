import { expect, test } from "vitest";
import {
  added,
  begin,
  between,
  byKey,
  changed,
  FRESH,
  MOST_ZONES,
  moved,
  removed,
  sameZones,
  stretched,
  undone,
} from "./zones";

const ZONE = { x: 0.2, y: 0.1, width: 0.3, height: 0.2 };

test("a zone is drawn from any corner to any other, and stays in the picture", () => {
  const zone = { x: 0.5, y: 0.25, width: 0.5, height: 0.5 };
  expect(between({ x: 0.5, y: 0.25 }, { x: 1.4, y: 0.75 })).toEqual(zone);
  expect(between({ x: 1.4, y: 0.75 }, { x: 0.5, y: 0.25 })).toEqual(zone);
});

test("a slip of the hand is no zone", () => {
  expect(between({ x: 0.5, y: 0.5 }, { x: 0.51, y: 0.9 })).toBeNull();
});

test("a zone is moved whole up to the picture's edge", () => {
  expect(moved(ZONE, -1, 1)).toEqual({ x: 0, y: 0.8, width: 0.3, height: 0.2 });
});

test("a corner is pulled while the opposite one stays, and never past it", () => {
  const se = stretched(ZONE, "se", 0.1, -1);
  expect([se.x, se.y]).toEqual([0.2, 0.1]);
  expect(se.width).toBeCloseTo(0.4);
  expect(se.height).toBeCloseTo(0.02);
  const nw = stretched(ZONE, "nw", -1, 0.05);
  expect([nw.x, nw.width]).toEqual([0, 0.5]);
  expect(nw.y + nw.height).toBeCloseTo(0.3);
});

test("arrow keys move, with Shift they change the size, other keys do nothing", () => {
  expect(byKey(ZONE, "ArrowRight", false)?.x).toBeCloseTo(0.21);
  expect(byKey(ZONE, "ArrowRight", false)?.width).toBe(0.3);
  expect(byKey(ZONE, "ArrowDown", true)?.height).toBeCloseTo(0.21);
  expect(byKey(ZONE, "Enter", false)).toBeNull();
});

test("undo goes back by whole movements", () => {
  let drawing = added(begin([]), ZONE);
  drawing = changed(drawing, 0, moved(ZONE, 0.1, 0), true);
  drawing = changed(drawing, 0, moved(ZONE, 0.2, 0), false);
  drawing = removed(drawing, 0);
  expect(drawing.zones).toEqual([]);
  drawing = undone(drawing);
  expect(drawing.zones[0]?.x).toBe(0.4);
  drawing = undone(drawing);
  expect(drawing.zones).toEqual([ZONE]);
  expect(undone(undone(drawing)).zones).toEqual([]);
});

test("there are twelve at most", () => {
  let drawing = begin([]);
  for (let i = 0; i <= MOST_ZONES; i += 1) drawing = added(drawing, FRESH);
  expect(drawing.zones).toHaveLength(MOST_ZONES);
});

test("what the server would keep the same is no change", () => {
  expect(sameZones([ZONE], [{ ...ZONE, x: 0.20004 }])).toBe(true);
  expect(sameZones([ZONE], [{ ...ZONE, x: 0.201 }])).toBe(false);
});

test("a zone at the edge does not reach beyond it by rounding", () => {
  const { zones } = added(begin([]), { x: 1 / 3, y: 0, width: 2 / 3, height: 1 });
  const [zone] = zones;
  expect((zone?.x ?? 1) + (zone?.width ?? 1)).toBeLessThanOrEqual(1);
});
