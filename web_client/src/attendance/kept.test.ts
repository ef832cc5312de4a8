// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { type KeptAct, keeper } from "./kept";

const KEY = "vicon.attendance:end of a token";
const act: KeptAct = {
  act: { type: "attendance.enter", room: "64.02", person: "a", name: "Siti Aminah" },
  at: 1_000_000,
  refused: null,
};

let now = 1_000_000;
const kept = keeper(localStorage, KEY, () => now);

beforeEach(() => {
  localStorage.clear();
  now = 1_000_000;
});

test("what waits is read again, and nothing stays of what does not", () => {
  kept.write([act]);
  expect(kept.read()).toEqual([act]);
  kept.write([]);
  expect(localStorage.getItem(KEY)).toBeNull();
  expect(kept.read()).toEqual([]);
});

test("what is of another day is let go", () => {
  kept.write([act]);
  now += 86_400_000;
  expect(kept.read()).toEqual([]);
});

test.each([
  "no JSON",
  "{}",
  "null",
  "[null, 1, {}]",
  '[{"at": 1000000, "act": {"type": "room.leave"}, "refused": null}]',
  '[{"at": "now", "act": {"type": "attendance.leave", "room": "r", "person": "p"}, "refused": null}]',
])("what is no list of acts is passed over: %s", (text) => {
  localStorage.setItem(KEY, text);
  expect(kept.read()).toEqual([]);
});

test("where the browser keeps nothing, or no more, the page goes on", () => {
  const none = keeper(null, KEY, () => now);
  none.write([act]);
  expect(none.read()).toEqual([]);
  const full = { ...localStorage, getItem: () => null, setItem: refuse, removeItem: refuse };
  keeper(full, KEY, () => now).write([act]);
});

function refuse(): never {
  throw new DOMException("full", "QuotaExceededError");
}
