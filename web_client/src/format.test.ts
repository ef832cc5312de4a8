import { expect, test } from "vitest";
import { date, decimal, duration, minutesUntil, time } from "./format";

const WITA = { timezone: "Asia/Makassar", timezone_label: "WITA" };
const AT = Date.UTC(2020, 8, 25, 1, 12, 40);

test("a time is printed in the conference's zone, with its name", () => {
  expect(time(AT, WITA)).toBe("09:12:40 WITA");
  expect(time(AT, WITA, false)).toBe("09:12 WITA");
  expect(time(Date.UTC(2020, 8, 24, 16, 0), WITA)).toBe("00:00:00 WITA");
});

test.each([
  [0, "00:00"],
  [999, "00:00"],
  [180_000, "03:00"],
  [3_723_000, "1:02:03"],
  [-5_000, "00:00"],
])("%d ms last %s", (ms, text) => expect(duration(ms)).toBe(text));

test("decimals follow the language", () => {
  expect(decimal(0.4, 1, "id")).toBe("0,4");
  expect(decimal(0.4, 1, "en")).toBe("0.4");
});

test("minutes until a time are rounded up and never negative", () => {
  expect(minutesUntil(AT + 61_000, AT)).toBe(2);
  expect(minutesUntil(AT - 1, AT)).toBe(0);
});

test("a date is spelled out", () => {
  expect(date(AT, WITA, "id")).toBe("Jumat, 25 September 2020");
});
