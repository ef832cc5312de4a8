import { expect, test } from "vitest";
import { applyDelta } from "./delta";
import type { Delta } from "./protocol";
import { room, view } from "./testing/views";

const nothing: Delta = {
  type: "delta",
  prev: 1,
  rev: 2,
  conference: null,
  rundown: null,
  pact: null,
  rooms: [],
  you: null,
};

test("what is not in a delta stays the same object", () => {
  const before = view();
  const after = applyDelta(before, { ...nothing, rooms: [room("64.08", { count: 9 })] });
  expect(after.conference).toBe(before.conference);
  expect(after.you).toBe(before.you);
  expect(after.rooms[2]).toBe(before.rooms[2]);
});

test("a changed room is replaced in its place", () => {
  const after = applyDelta(view(), { ...nothing, rooms: [room("64.08", { count: 9 })] });
  expect(after.rooms.map((one) => one.code)).toEqual(["64", "64.08", "64.11", "64.02"]);
  expect(after.rooms[1]?.count).toBe(9);
});

test("a room that was not known comes last", () => {
  const after = applyDelta(view(), { ...nothing, rooms: [room("64.99")] });
  expect(after.rooms.at(-1)?.code).toBe("64.99");
});
