import { expect, test } from "vitest";
import { chirp, findChirp, type Shown, soundAfterPicture } from "./chirp";

const RATE = 48_000;

/** A chirp in a quiet chord, as the clip has it. */
function heard(at_s: number | null, rate = RATE): Float32Array {
  const out = Float32Array.from({ length: 32_768 }, (_, n) => 0.01 * Math.sin((2 * Math.PI * 247 * n) / rate));
  if (at_s !== null) chirp(rate).forEach((x, n) => (out[Math.round(at_s * rate) + n] = 0.35 * x));
  return out;
}

/** 5 s of pictures, 20 a second, of a loop of 160. */
function pictures(began: number, first = 0): Shown[] {
  return Array.from({ length: 100 }, (_, n) => ({ at: began + 50 * n, mark: (first + n) % 160 }));
}

test("a chirp is found where it begins, at either usual rate", () => {
  expect(findChirp(heard(0.2), RATE)).toBeCloseTo(0.2, 3);
  expect(findChirp(heard(0.31, 44_100), 44_100)).toBeCloseTo(0.31, 3);
  expect(findChirp(heard(null), RATE)).toBeNull();
  expect(findChirp(new Float32Array(32_768), RATE)).toBeNull();
  const noise = Float32Array.from({ length: 32_768 }, (_, n) => Math.sin(n * n * 12.9898) * 0.3);
  expect(findChirp(noise, RATE)).toBeNull();
});

test("sound after picture is positive, over the loop's end as well", () => {
  const chirps = [10_500, 11_500, 12_500, 13_500, 14_500];
  expect(soundAfterPicture(chirps, pictures(10_000))).toBe(0);
  expect(soundAfterPicture(chirps.map((at) => at + 120), pictures(10_000))).toBe(120);
  expect(soundAfterPicture(chirps.map((at) => at - 80), pictures(10_000))).toBe(-80);
  expect(soundAfterPicture(chirps, pictures(10_000, 120))).toBe(0);
});

test("nothing is said of what does not agree", () => {
  expect(soundAfterPicture([10_500, 11_500], pictures(10_000))).toBeNull();
  expect(soundAfterPicture([10_500, 11_600, 12_700, 13_800], pictures(10_000))).toBeNull();
  expect(soundAfterPicture([10_500, 11_500, 12_500], [])).toBeNull();
  const unread = pictures(10_000).map((one) => ({ ...one, mark: -1 }));
  expect(soundAfterPicture([10_500, 11_500, 12_500], unread)).toBeNull();
  expect(soundAfterPicture([10_510, 11_490, 12_500, 12_900], pictures(10_000))).toBe(10);
});
