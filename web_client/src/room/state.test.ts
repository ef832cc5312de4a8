import { describe, expect, test } from "vitest";
import { device, room, type ViewChanges, view } from "../testing/views";
import {
  insetRoom,
  keyAct,
  largeRoom,
  mainCamera,
  micButton,
  otherRooms,
  stageOf,
  secondRoom,
  topicOf,
} from "./state";

const stage = (changes: ViewChanges, away = false, staying = false): string =>
  stageOf({ view: view(changes), away, staying });

describe("the stage", () => {
  test("before joining one only looks", () => {
    expect(stage({ you: { device: null } })).toBe("before");
    expect(stage({ you: { device: null } }, true)).toBe("before");
  });

  test("in the lobby and in the session one is in", () => {
    expect(stage({ conference: { phase: "lobby" } })).toBe("live");
    expect(stage({})).toBe("live");
  });

  test("the tallies come from the floor", () => {
    expect(stage({ conference: { floor: "64.02", next: "64.08" } })).toBe("onair");
    expect(stage({ conference: { floor: "64.08", next: "64.02" } })).toBe("next");
  });

  test("away goes before the tallies, the end before all", () => {
    expect(stage({ conference: { floor: "64.02" } }, true)).toBe("reconnecting");
    expect(stage({ conference: { phase: "closed" }, you: { device: null } }, true)).toBe("closed");
  });

  test("a hall that was in and lost its device is coming back, not at the door", () => {
    expect(stage({ you: { device: null } }, false, true)).toBe("reconnecting");
  });

  test("who is not admitted waits", () => {
    expect(stage({ you: { device: device("x", { waiting: true }) } })).toBe("waiting");
  });
});

describe("pictures", () => {
  test("who speaks is large, the hub in the corner", () => {
    const seen = view({ conference: { floor: "64.08" } });
    expect(largeRoom(seen)?.code).toBe("64.08");
    expect(insetRoom(seen)?.code).toBe("64");
  });

  test("the speaker looks at the hub, and so does everyone while nobody has the floor", () => {
    for (const floor of ["64.02", null]) {
      const seen = view({ conference: { floor } });
      expect(largeRoom(seen)?.code).toBe("64");
      expect(insetRoom(seen)).toBeNull();
    }
  });

  const shown = (conference: ViewChanges["conference"]): (string | undefined)[] => {
    const seen = view({ conference });
    return [largeRoom(seen), secondRoom(seen), insetRoom(seen)].map((one) => one?.code);
  };

  test("a second room on air shares the large place, for itself the one who speaks is alone", () => {
    expect(shown({ floor: "64.08", beside: "64.11" })).toEqual(["64.08", "64.11", "64"]);
    expect(shown({ floor: "64.08", beside: "64.02" })).toEqual(["64.08", undefined, "64"]);
    expect(shown({ floor: "64.02", beside: "64.11" })).toEqual(["64", "64.11", undefined]);
    expect(shown({ beside: "64.11" })).toEqual(["64", "64.11", undefined]);
    expect(shown({ floor: "64.08", beside: "64" })).toEqual(["64.08", "64", undefined]);
    expect(shown({ floor: "64.02", beside: "64" })).toEqual(["64", undefined, undefined]);
  });

  test("a pinned room is large whoever speaks, but not to itself; the hub alone goes before all", () => {
    expect(shown({ floor: "64.08", pinned: "64.11", beside: "64.02" })).toEqual(["64.11", undefined, "64"]);
    expect(shown({ floor: "64.08", pinned: "64.02" })).toEqual(["64", undefined, undefined]);
    const black = { floor: "64.08", pinned: "64.11", beside: "64.02", black: true };
    expect(shown(black)).toEqual(["64", undefined, undefined]);
  });

  test("the other halls keep their places whoever speaks", () => {
    const places = [null, "64.08", "64.02"].map((floor) =>
      otherRooms(view({ conference: { floor } })).map((one) => one.code),
    );
    expect(places).toEqual([
      ["64.08", "64.11"],
      ["64.08", "64.11"],
      ["64.08", "64.11"],
    ]);
  });
});

describe("the status line", () => {
  const topic = (changes: ViewChanges["rooms"], phase: "lobby" | "live" = "live"): string => {
    const seen = view({ conference: { phase }, rooms: changes });
    const own = seen.rooms[3];
    if (!own) throw new Error("no own room");
    return topicOf("live", seen, own);
  };

  test("speaks of what presses most", () => {
    expect(topic({ "64.02": { mic: "locked", mic_asked: true, hand: 2 } })).toBe("asked");
    expect(topic({ "64.02": { mic: "locked", hand: 2 } })).toBe("hand");
    expect(topic({ "64.02": { mic: "locked" } })).toBe("locked");
    expect(topic({ "64.02": { mic: "on" } })).toBe("micOn");
    expect(topic({})).toBe("micOff");
    expect(topic({}, "lobby")).toBe("opening");
  });

  test("says when the hub alone is seen, and when the hall is shown to all", () => {
    const at = (conference: ViewChanges["conference"]): string => {
      const seen = view({ conference });
      const own = seen.rooms[3];
      if (!own) throw new Error("no own room");
      return topicOf(stageOf({ view: seen, away: false, staying: false }), seen, own);
    };
    expect(at({ floor: "64.02", black: true })).toBe("black");
    expect(at({ pinned: "64.02" })).toBe("pinned");
    expect(at({ pinned: "64.02", next: "64.02" })).toBe("next");
    expect(at({ floor: "64.08", beside: "64.02" })).toBe("onair");
  });
});

test("a hall that the gate holds is told why, others only that they wait", () => {
  const waiting = { you: { device: device("x", { waiting: true }) } };
  const at = (gate: boolean, state: "untested" | "not_ready" | "attention") => {
    const seen = view({ ...waiting, conference: { gate } });
    const own = room("64.02");
    return topicOf("waiting", seen, { ...own, readiness: { ...own.readiness, state } });
  };
  expect(at(true, "untested")).toBe("untried");
  expect(at(true, "not_ready")).toBe("untried");
  expect(at(true, "attention")).toBe("waiting");
  expect(at(false, "untested")).toBe("waiting");
});

test("a moderator's question opens a locked microphone for one press", () => {
  expect(micButton(room("a", { mic: "locked", mic_asked: true }))).toBe("asked");
  expect(micButton(room("a", { mic: "on", mic_asked: true }))).toBe("on");
});

test("the main camera is there, lost, or nobody's", () => {
  const devices = [device("x", { connected: false })];
  expect(mainCamera(room("a", { main: null }))).toBe("none");
  expect(mainCamera(room("a", { main: "x", devices }))).toBe("lost");
  expect(mainCamera(room("a", { main: "x", devices: [device("x")] }))).toBe("connected");
  expect(mainCamera(room("a", { main: "x", presence: "lost" }))).toBe("lost");
});

test("keys with Ctrl, Alt or held down are not ours", () => {
  const plain = { repeat: false, ctrlKey: false, altKey: false, metaKey: false };
  expect(keyAct({ ...plain, key: "M" })).toBe("mic");
  expect(keyAct({ ...plain, key: "+" })).toBe("more");
  expect(keyAct({ ...plain, key: "T" })).toBe("help");
  expect(keyAct({ ...plain, key: "x" })).toBeNull();
  expect(keyAct({ ...plain, key: "v", ctrlKey: true })).toBeNull();
  expect(keyAct({ ...plain, key: "h", repeat: true })).toBeNull();
});
