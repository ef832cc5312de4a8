import { expect, test } from "vitest";
import type { PrivateLineView, View } from "../protocol";
import { device, line, view } from "../testing/views";
import { callBlock, isDucked, isElsewhere, ownLines, ringsFor, ringsHere } from "./lines";

const NONE = new Set<string>();
const called = (changes: Partial<PrivateLineView> = {}): View => view({ rooms: { "64.02": { line: line(changes) } } });
const talking = line({ voice: "on", rings_until: null, answerer: "main of 64.02", answered_by: "Operator" });

test("a hall is the called end of its own line, and of no other", () => {
  const [own] = ownLines(called(), NONE);
  expect(own).toMatchObject({ side: "called", here: false, room: { code: "64.02" } });
  expect(own && ringsHere(own)).toBe(true);
  expect(ownLines(view({ rooms: { "64.08": { line: line() } } }), NONE)).toEqual([]);
  expect(ownLines(view({ conference: { line: line() } }), NONE)).toEqual([]);
});

test("who called is the caller's end, wherever it called", () => {
  const you = { role: "technician" as const, room: null, device: device("tech", { kind: "voice" }) };
  const seen = view({ you, rooms: { "64.08": { line: talking } } });
  expect(ownLines(seen, NONE)).toMatchObject([{ side: "caller", here: true }]);
  expect(callBlock(seen, seen.rooms[2] ?? null)).toBe("own");
});

test("one that ended is shown to who has seen it standing", () => {
  const seen = called({ ended: "unanswered", voice: "off", rings_until: null });
  expect(ownLines(seen, NONE)).toEqual([]);
  expect(ownLines(seen, new Set(["line-0001"]))).toHaveLength(1);
});

test("what another page answered is said there; other technicians do not follow it", () => {
  const other = { ...talking, answerer: "phone" };
  const [own] = ownLines(called(other), NONE);
  expect(own && isElsewhere(own)).toBe(true);
  const you = { role: "technician" as const, room: null, device: null };
  expect(ownLines(view({ you, conference: { line: other } }), NONE)).toEqual([]);
});

test("the programme is turned down under a voice, and only where it is heard", () => {
  expect(isDucked(called())).toBe(false);
  expect(isDucked(called(talking))).toBe(true);
  expect(isDucked(called({ ...talking, answerer: "phone" }))).toBe(false);
  const announcement = { device: "hub-main", by: "Sri", at: 1 };
  expect(isDucked(view({ conference: { announcement } }))).toBe(true);
  const observer = { role: "observer" as const, room: null, device: device("o", { kind: "desk" }) };
  expect(isDucked(view({ conference: { announcement }, you: observer }))).toBe(false);
});

test("it rings for so many seconds, and never for less than none", () => {
  expect(ringsFor(line(), 1_000)).toBe(30);
  expect(ringsFor(line(), 30_500)).toBe(1);
  expect(ringsFor(line(), 40_000)).toBe(0);
});

test("a room on air, away or spoken with is not called", () => {
  const you = { role: "moderator" as const, room: "64", device: device("hub-main", { role: "moderator" }) };
  const here = { devices: [device("d")] };
  const of = (changes: Parameters<typeof view>[0]): ReturnType<typeof callBlock> => {
    const seen = view({ you, ...changes });
    return callBlock(seen, seen.rooms.find((room) => room.code === "64.08") ?? null);
  };
  expect(of({ rooms: { "64.08": here } })).toBeNull();
  expect(of({ rooms: { "64.08": { devices: [] } } })).toBe("away");
  expect(of({ rooms: { "64.08": here }, conference: { floor: "64.08" } })).toBe("air");
  expect(of({ rooms: { "64.08": { ...here, line: line() } } })).toBe("busy");
  expect(of({ rooms: { "64.08": { ...here, line: line({ ended: "hung_up" }) } } })).toBeNull();
  expect(callBlock(view({ you }), null)).toBeNull();
});
