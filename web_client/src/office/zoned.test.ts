import { expect, test } from "vitest";
import { local, moment } from "./zoned";

test.each([
  ["2020-09-25T09:00", "Asia/Makassar", 1_600_995_600_000],
  ["2020-09-25T00:30", "Asia/Jakarta", 1_600_968_600_000],
  ["2026-01-01T00:00", "UTC", 1_767_225_600_000],
  ["2026-07-01T12:00", "America/New_York", 1_782_921_600_000],
])("%s in %s", (text, zone, ms) => {
  expect(moment(text, zone)).toBe(ms);
  expect(local(ms, zone)).toBe(text);
});

test("what is no time is none", () => {
  expect(moment("", "Asia/Makassar")).toBeNull();
  expect(moment("besok", "Asia/Makassar")).toBeNull();
});
