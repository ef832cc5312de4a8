import { describe, expect, test } from "vitest";
import { markRows, readMark, wordOf } from "./mark";

/** As vicon/measure/picture.py has them: mark, word, and both rows, 1 for light. */
const DRAWN: [number, number, string, string][] = [
  [0, 0x56542, "01010000101010011010", "10101000000000000001"],
  [1, 0x55af30e8, "01000101110000110010", "10111101011010101001"],
  [159, 0x7e1dd796, "01011010011110101110", "10101110000111111001"],
  [700, 0xd12bd20a, "01010100000100101110", "10110101001000101101"],
  [1023, 0x2b21b166, "01011001101000110110", "10100001001101010001"],
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
  test.each(DRAWN)("%i is read at every size, dim or bright", (mark, word, ...rows) => {
    expect(wordOf(mark)).toBe(word);
    for (const [width, height] of [[320, 180], [256, 144], [640, 360], [1280, 720]] as const) {
      expect(readMark(draw(rows, width, height), width, height)).toBe(mark);
      expect(readMark(draw(rows, width, height, 60, 130), width, height)).toBe(mark);
    }
  });

  test.each(DRAWN)("%i is read of its rows alone, at every size", (mark, _, ...rows) => {
    for (let height = 24; height <= 720; height += 12) {
      const data = draw(rows, 320, height);
      const band = data.subarray(0, markRows(height) * 320 * 4);
      expect(readMark(band, 320, height)).toBe(readMark(data, 320, height));
    }
    expect(readMark(draw(rows, 320, 180).subarray(0, 30 * 320 * 4), 320, 180)).toBe(mark);
  });

  test("a flipped cell, too little contrast or no picture gives none", () => {
    const [, , first = "", second = ""] = DRAWN[2] ?? [];
    const flipped = first.slice(0, 5) + (first[5] === "1" ? "0" : "1") + first.slice(6);
    expect(readMark(draw([flipped, second], 320, 180), 320, 180)).toBe(-1);
    expect(readMark(draw([first, second], 320, 180, 100, 130), 320, 180)).toBe(-1);
    expect(readMark(new Uint8ClampedArray(320 * 180 * 4), 320, 180)).toBe(-1);
    expect(readMark(new Uint8ClampedArray(64), 4, 4)).toBe(-1);
  });

  test("a band that is partly another mark's never shows a third", () => {
    const [, , first = "", second = ""] = DRAWN[1] ?? [];
    const [, , other = "", last = ""] = DRAWN[2] ?? [];
    for (let cut = 1; cut < 20; cut++) {
      for (const rows of [
        [first.slice(0, cut) + other.slice(cut), last],
        [first, second.slice(0, cut) + last.slice(cut)],
      ]) {
        expect([-1, 1, 159]).toContain(readMark(draw(rows, 320, 180), 320, 180));
      }
    }
  });

  test("a plain band beside right reference cells is none", () => {
    for (const cell of ["0", "1"]) {
      const plain = cell.repeat(16);
      expect(readMark(draw([`01${plain}10`, `10${plain}01`], 320, 180), 320, 180)).toBe(-1);
    }
  });
});
