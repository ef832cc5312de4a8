import { expect, test } from "vitest";
import type { CueView } from "../protocol";
import { hasNews, shownCue, sizeOf } from "./cues";

const cue = (id: string, at: number): CueView => ({ id, at, by: "Sri", room: null, text: id, seen: [] });
const none = new Set<string>();

test("the oldest message stands first, and says how many wait behind it", () => {
  const cues = [cue("second", 20), cue("first", 10), cue("third", 30)];
  expect(shownCue(cues, none)).toMatchObject({ cue: { id: "first" }, more: 2 });
  expect(shownCue([], none)).toBeNull();
});

test("what was acknowledged here is gone at once, before the server has said so", () => {
  const cues = [cue("first", 10), cue("second", 20)];
  expect(shownCue(cues, new Set(["first"]))).toMatchObject({ cue: { id: "second" }, more: 0 });
  expect(shownCue(cues, new Set(["first", "second"]))).toBeNull();
});

test("only what has not sounded yet is news", () => {
  expect(hasNews([cue("a", 1)], none)).toBe(true);
  expect(hasNews([cue("a", 1)], new Set(["a"]))).toBe(false);
  expect(hasNews([cue("a", 1), cue("b", 2)], new Set(["a"]))).toBe(true);
});

test("a long message is set smaller", () => {
  expect([10, 200, 2000].map((n) => sizeOf("x".repeat(n)))).toEqual(["huge", "large", "plain"]);
});
