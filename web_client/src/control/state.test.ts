import { expect, test } from "vitest";
import { conference, drawnView, room } from "../../fixture/view";
import type { RoomView } from "../protocol";
import {
  canTakeFloor,
  followingPresent,
  heardMic,
  isLoading,
  pictureState,
  presentCount,
  roomState,
  type Sight,
  tallyOf,
  tileKey,
} from "./state";

const seen: Sight = { moving: true, shown: true, weak: null, held: null };
const paser = (changes: Partial<RoomView> = {}) => room("64.01", "Kabupaten Paser", changes);
const idle = conference({ floor: null, next: null });

test("one chip: the first state that holds", () => {
  const onAir = conference({ floor: "64.01" });
  const next = conference({ floor: null, next: "64.01" });
  expect(roomState(paser({ presence: "lost" }), onAir, seen)).toBe("lost");
  expect(roomState(paser({ main: null }), onAir, seen)).toBe("air");
  expect(roomState(paser({ presence: "absent", main: null }), next, null)).toBe("next");
  expect(roomState(paser({ presence: "absent", main: null }), idle, null)).toBe("absent");
  const over = conference({ phase: "closed", floor: null, next: null });
  expect(roomState(paser({ presence: "absent", main: null }), over, null)).toBe("gone");
  expect(roomState(paser({ presence: "waiting" }), idle, null)).toBe("waiting");
  expect(roomState(paser({ main: null }), idle, null)).toBe("attention");
  expect(roomState(paser(), idle, null)).toBe("loading");
  expect(roomState(paser(), idle, seen)).toBe("ready");
});

test("a lost room keeps its frame, and there are no frames outside of the session", () => {
  const onAir = conference({ floor: "64.01" });
  expect(tallyOf(paser({ presence: "lost" }), onAir)).toBe("air");
  expect(tallyOf(paser(), { ...onAir, phase: "closed" })).toBeNull();
});

test("a stalled picture is not a loading one", () => {
  const stalled = { moving: false, shown: true, weak: "gambar tersendat", held: null };
  expect(isLoading(paser(), stalled)).toBe(false);
  expect(pictureState(paser(), stalled)).toBe("still");
});

test("a picture that is kept back is neither loading nor live", () => {
  const held: Sight = { moving: false, shown: false, weak: null, held: "bandwidth" };
  expect(isLoading(paser(), held)).toBe(false);
  expect(pictureState(paser(), held)).toBe("still");
  expect(roomState(paser(), idle, held)).toBe("ready");
  expect(pictureState(paser({ presence: "lost" }), held)).toBe("lost");
});

test("without a camera a room is there, with a word instead of a picture", () => {
  expect(roomState(paser({ camera: false }), idle, null)).toBe("ready");
  expect(pictureState(paser({ camera: false }), null)).toBe("still");
  expect(pictureState(paser({ main: null }), null)).toBe("void");
});

test("who is not connected has no open microphone", () => {
  expect(heardMic(paser({ mic: "on" }))).toBe("on");
  expect(heardMic(paser({ mic: "on", presence: "lost" }))).toBe("off");
  expect(heardMic(paser({ mic: "on", presence: "absent" }))).toBe("off");
});

test("only a present room with a main camera can take the floor", () => {
  expect(canTakeFloor(paser())).toBe(true);
  expect(canTakeFloor(paser({ presence: "lost" }))).toBe(false);
  expect(canTakeFloor(paser({ main: null }))).toBe(false);
  expect(canTakeFloor(undefined)).toBe(false);
});

test("the following room skips who is absent or lost, and wraps around", () => {
  const { rooms } = drawnView();
  expect(followingPresent(rooms, "64.07", null)?.code).toBe("64.74");
  expect(followingPresent(rooms, "64.02", null)?.code).toBe("64.08");
  expect(followingPresent(rooms, "64.02", "64.08")?.code).toBe("64.11");
  expect(followingPresent([], null, null)).toBeNull();
});

test("who lost the link has come; who is not there has not", () => {
  expect(presentCount(drawnView().rooms)).toBe(9);
});

test("keys 1 to 9, then 0, then none", () => {
  expect([1, 9, 10, 11].map(tileKey)).toEqual(["1", "9", "0", null]);
});
