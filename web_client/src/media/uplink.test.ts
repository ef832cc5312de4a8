import { expect, test } from "vitest";
import { HOLD_MS, LONGEST_HOLD_MS, type Sent, Uplink } from "./uplink";

/** A line of `carries` bit/s for so many seconds; the seconds at which the picture rested. */
function follow(line: Uplink, carries: number, seconds: number, begin = 0, lossy = 0): number[] {
  const rested: number[] = [];
  const sent: Sent = { octets: begin * 1e6, frames: begin * 1e3, lost: null, reportedAt: begin };
  for (let second = begin; second < begin + seconds; second++) {
    const offered = 60_000 + (line.full ? 0 : 40_000);
    const next = {
      octets: sent.octets + offered / 8,
      frames: sent.frames + (line.full ? 0 : 10),
      lost: Math.max(lossy, 1 - carries / offered, 0),
      reportedAt: second + 0.5,
    };
    Object.assign(sent, next);
    if (line.sample({ ...next }, 1000 * second)) rested.push(second);
  }
  return rested;
}

test("the picture rests within a few seconds where the sound would be lost, and is tried less and less", () => {
  const rested = follow(new Uplink(), 64_000, 600);
  expect(rested[0]).toBeLessThan(5);
  expect(rested.length).toBeGreaterThan(0.95 * 600);
  const tries = rested.filter((second, n) => n > 0 && second > (rested[n - 1] ?? 0) + 1);
  expect(tries.length).toBeLessThanOrEqual(6);
  expect(HOLD_MS).toBeLessThan(LONGEST_HOLD_MS);
});

test("a line with room again has its picture again", () => {
  const line = new Uplink();
  expect(follow(line, 64_000, 10).length).toBeGreaterThan(0);
  const rested = follow(line, 900_000, 60, 10);
  expect(rested.at(-1)).toBeLessThan(10 + HOLD_MS / 1000);
  expect(line.full).toBe(false);
});

test("a wide line that loses, a silent report and a dead line rest nothing", () => {
  const wide = new Uplink();
  const lost = { lost: 0.2, reportedAt: 0 };
  for (let n = 0; n < 20; n++)
    expect(wide.sample({ ...lost, octets: n * 40_000, frames: n * 20, reportedAt: n }, n * 1000)).toBe(false);
  const silent = new Uplink();
  for (let n = 0; n < 20; n++)
    expect(silent.sample({ ...lost, octets: n * 9_000, frames: n * 5 }, n * 1000)).toBe(false);
  const dead = new Uplink();
  for (let n = 0; n < 20; n++)
    expect(dead.sample({ ...lost, octets: n * 9_000, frames: n * 5, reportedAt: n }, n * 9_000)).toBe(false);
  const alone = new Uplink();
  for (let n = 0; n < 20; n++)
    expect(alone.sample({ ...lost, octets: n * 7_000, frames: 0, reportedAt: n }, n * 1000)).toBe(false);
});
