import { describe, expect, test } from "vitest";
import { crc8, readMark } from "./mark";

/** As vicon/measure/picture.py has them: mark, check, and both rows, 1 for light. */
const DRAWN: [number, number, string, string][] = [
  [0, 0, "01000000000000000010", "10111111111111000001"],
  [1, 7, "01000000000001000010", "10111111111110011101"],
  [1234, 100, "01010011010010011010", "10101100101101010001"],
  [4095, 48, "01111111111111001110", "10000000000000000001"],
];

/** The band over grey, at this size, with these values for dark and light. */
function draw(rows: string[], width: number, height: number, dark = 24, light = 232) {
  const data = new Uint8ClampedArray(width * height * 4).fill(118);
  const band = Math.floor(height / 6);
  for (let y = 0; y < band; y++) {
    for (let x = 0; x < width; x++) {
      const cell = rows[Math.floor((y * 2) / band)]?.[Math.floor((x * 20) / width)];
      data.fill(cell === "1" ? light : dark, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  }
  return data;
}

describe("a mark", () => {
  test.each(DRAWN)("%i is read at every size, dim or bright", (mark, check, ...rows) => {
    expect(crc8(mark)).toBe(check);
    for (const [width, height] of [[320, 180], [256, 144], [640, 360], [1280, 720]] as const) {
      expect(readMark(draw(rows, width, height), width, height)).toBe(mark);
      expect(readMark(draw(rows, width, height, 60, 130), width, height)).toBe(mark);
    }
  });

  test("a flipped cell, too little contrast or no picture gives none", () => {
    const [, , first = "", second = ""] = DRAWN[2] ?? [];
    const flipped = first.slice(0, 5) + (first[5] === "1" ? "0" : "1") + first.slice(6);
    expect(readMark(draw([flipped, second], 320, 180), 320, 180)).toBe(-1);
    expect(readMark(draw([first, second], 320, 180, 100, 130), 320, 180)).toBe(-1);
    expect(readMark(new Uint8ClampedArray(320 * 180 * 4), 320, 180)).toBe(-1);
    expect(readMark(new Uint8ClampedArray(64), 4, 4)).toBe(-1);
  });

  test("two cells flipped so that the complement still fits fail the check", () => {
    const [, , first = "", second = ""] = DRAWN[2] ?? [];
    const flip = (row: string): string => row.slice(0, 5) + (row[5] === "1" ? "0" : "1") + row.slice(6);
    expect(readMark(draw([flip(first), flip(second)], 320, 180), 320, 180)).toBe(-1);
  });
});
