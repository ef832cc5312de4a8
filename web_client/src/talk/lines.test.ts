import { expect, test } from "vitest";
import type { PrivateLineView, View } from "../protocol";
import { device, line, view } from "../testing/views";
import { callBlock, isDucked, isElsewhere, isHeld, ownLines, ringsFor, ringsHere } from "./lines";

const called = (changes: Partial<PrivateLineView> = {}): View => view({ rooms: { "64.02": { line: line(changes) } } });
const talking = line({ voice: "on", rings_until: null, answerer: "main of 64.02", answered_by: "Operator" });

test("a hall is the called end of its own line, and of no other", () => {
  const [own] = ownLines(called());
  expect(own).toMatchObject({ side: "called", here: false, room: { code: "64.02" } });
  expect(own && ringsHere(own)).toBe(true);
  expect(ownLines(view({ rooms: { "64.08": { line: line() } } }))).toEqual([]);
  expect(ownLines(view({ conference: { line: line() } }))).toEqual([]);
});

test("who called is the caller's end, wherever it called", () => {
  const you = { role: "technician" as const, room: null, device: device("tech", { kind: "voice" }) };
  const seen = view({ you, rooms: { "64.08": { line: talking } } });
  expect(ownLines(seen)).toMatchObject([{ side: "caller", here: true }]);
  expect(callBlock(seen, seen.rooms[2] ?? null)).toBe("own");
});

test("one that ended is shown to who has seen it standing", () => {
  const seen = called({ ended: "unanswered", voice: "off", rings_until: null });
  expect(ownLines(seen)).toEqual([]);
  expect(ownLines(seen, new Map([["line-0001", "called"]]))).toHaveLength(1);
});

test("a technician's page, which has left by then, still reads why its call ended", () => {
  const over = line({ ended: "declined", voice: "off", rings_until: null });
  const you = { role: "technician" as const, room: null, device: null };
  const seen = view({ you, rooms: { "64.08": { line: over } } });
  expect(ownLines(seen, new Map([[over.id, "caller"]]))).toMatchObject([{ side: "caller", here: false }]);
});

test("what another page answered is said there; other technicians do not follow it", () => {
  const other = { ...talking, answerer: "phone" };
  const [own] = ownLines(called(other));
  expect(own && isElsewhere(own)).toBe(true);
  const you = { role: "technician" as const, room: null, device: null };
  expect(ownLines(view({ you, conference: { line: other } }))).toEqual([]);
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

test("a room's own microphone is held while it talks, and not while its phone does", () => {
  const held = (changes: Partial<PrivateLineView>): boolean | undefined =>
    called(changes).rooms.map(isHeld).find(Boolean);
  expect(held(talking)).toBe(true);
  expect(held({ ...talking, answerer: "phone" })).toBeUndefined();
  expect(held({})).toBeUndefined();
});

test("it rings for so many seconds, and never for less than none", () => {
  expect(ringsFor(line(), 1_000)).toBe(30);
  expect(ringsFor(line(), 30_500)).toBe(1);
  expect(ringsFor(line(), 40_000)).toBe(0);
  expect(ringsFor(line(), 200)).toBe(30);
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
