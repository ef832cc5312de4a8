import { expect, test } from "vitest";
import {
  begun,
  extended,
  isDrawn,
  isFull,
  type Line,
  MAX_LINES,
  MAX_NUMBERS,
  onPad,
  type Pen,
  trace,
} from "./strokes";

const place = { left: 100, top: 50, width: 500, height: 200 };

test("a point of the page is a part of the pad, in whole numbers, never outside", () => {
  expect(onPad(100, 50, place)).toEqual([0, 0]);
  expect(onPad(350, 150, place)).toEqual([500, 500]);
  expect(onPad(600, 250, place)).toEqual([1000, 1000]);
  expect(onPad(133.3, 60.4, place)).toEqual([67, 52]);
  expect(onPad(-900, 9000, place)).toEqual([0, 1000]);
  expect(onPad(10, 10, { ...place, width: 0 })).toEqual([0, 0]);
});

test("a pen that rests adds nothing, one that moves does", () => {
  const lines = begun([], [10, 10]) ?? [];
  expect(extended(lines, [11, 10])).toBe(lines);
  const moved = extended(extended(lines, [12, 10]), [40, 30]);
  expect(moved).toEqual([[10, 10, 12, 10, 40, 30]]);
  expect(extended([], [1, 1])).toEqual([]);
});

test("a full pad takes neither a line nor a point more, and keeps what is on it", () => {
  const many: Line[] = Array.from({ length: MAX_LINES }, () => [1, 1]);
  expect(begun(many, [5, 5])).toBeNull();
  const long: Line[] = [Array.from({ length: MAX_NUMBERS }, (_, n) => n % 1000)];
  expect(isFull(long)).toBe(true);
  expect(extended(long, [500, 500])).toBe(long);
  expect(begun(long, [5, 5])).toBeNull();
  expect(isFull([long[0]?.slice(2) ?? []])).toBe(false);
});

test("dots and a slip of the hand are no signature", () => {
  expect(isDrawn([])).toBe(false);
  expect(isDrawn([[1, 1], [500, 500], [900, 900]])).toBe(false);
  expect(isDrawn([[0, 0, 49, 0]])).toBe(false);
  expect(isDrawn([[0, 0, 30, 0], [0, 9, 20, 9]])).toBe(true);
});

test("a line is drawn through all of the pad's size, a dot as a point", () => {
  const did: string[] = [];
  const pen: Pen = {
    beginPath: () => did.push("begin"),
    moveTo: (x, y) => did.push(`move ${x} ${y}`),
    lineTo: (x, y) => did.push(`line ${x} ${y}`),
    quadraticCurveTo: (...to) => did.push(`curve ${to.join(" ")}`),
    stroke: () => did.push("stroke"),
  };
  trace(pen, [0, 0, 500, 500, 1000, 0], 500, 200);
  trace(pen, [500, 500], 500, 200);
  expect(did).toEqual([
    ...["begin", "move 0 0", "curve 250 100 375 50", "line 500 0", "stroke"],
    ...["begin", "move 250 100", "line 250 100", "stroke"],
  ]);
});
