import { expect, test } from "vitest";
import { type Counted, countFigure, countStateOf, countTone, countWord } from "./count";

const at = (count: number | null, count_state: Counted["count_state"], limit = 12): Counted => ({
  count,
  count_state,
  cap: 12,
  limit,
});

test("an unknown count is a dash, never 0", () => {
  expect(countFigure(at(null, "unknown"))).toBe("–/12");
  expect(countFigure(at(0, "ok"))).toBe("0/12");
  expect(countWord(at(null, "unknown"))).toEqual({ kind: "none" });
});

test("words begin one below the cap", () => {
  expect(countWord(at(10, "ok"))).toEqual({ kind: "none" });
  expect(countWord(at(11, "near"))).toEqual({ kind: "left", n: 1 });
  expect(countWord(at(12, "full"))).toEqual({ kind: "full" });
  expect(countWord(at(15, "over"))).toEqual({ kind: "over", n: 3 });
});

test("what a moderator allowed is no alarm until it is passed", () => {
  expect(countWord(at(13, "over", 14))).toEqual({ kind: "allowed", n: 14 });
  expect(countTone(at(13, "over", 14))).toBe("near");
  expect(countTone(at(15, "over", 14))).toBe("over");
});

test("a figure that is not sent yet is as full as the server will say", () => {
  const states = [null, 10, 11, 12, 13].map((count) => countStateOf(count, 12));
  expect(states).toEqual(["unknown", "ok", "near", "full", "over"]);
});
