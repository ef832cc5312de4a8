import { describe, expect, test } from "vitest";
import {
  AGAIN_MS,
  CONNECTING_MS,
  DISCONNECTED_MS,
  encodingFor,
  health,
  type Life,
  meterLevel,
  nextStep,
  RESTART_MS,
  retryDelay,
  type Situation,
  Weakness,
  worthTelling,
} from "./rules";

describe("a connection", () => {
  const life: Life = { state: "connected", since: 0, stood: true, restarted: null, moved: false };

  test("has its time to connect", () => {
    const young: Life = { ...life, state: "connecting", stood: false };
    expect(health(life, 1e9)).toBe("good");
    expect(health(young, CONNECTING_MS)).toBe("trying");
    expect(health(young, CONNECTING_MS + 1)).toBe("broken");
    expect(health({ ...young, state: "failed" }, 0)).toBe("broken");
  });

  test("that lost its path may find it again for a moment, then another one is sought", () => {
    const gone: Life = { ...life, state: "disconnected" };
    expect(health(gone, DISCONNECTED_MS)).toBe("trying");
    expect(health(gone, DISCONNECTED_MS + 1)).toBe("lost");
    expect(health({ ...life, state: "failed" }, 0)).toBe("lost");
  });

  test("is made anew when another path is not found in time", () => {
    for (const state of ["disconnected", "connecting", "failed"] as const) {
      const sought: Life = { ...life, state, restarted: 1_000 };
      expect(health(sought, 1_000 + RESTART_MS)).toBe("trying");
      expect(health(sought, 1_001 + RESTART_MS)).toBe("broken");
    }
    expect(health({ ...life, restarted: 1_000 }, 1_001 + RESTART_MS)).toBe("good");
  });

  test("seeks another path when the network changes, though nobody misses it yet", () => {
    expect(health({ ...life, moved: true }, 0)).toBe("lost");
    const again: Life = { ...life, moved: true, restarted: 0, state: "disconnected" };
    expect(health(again, AGAIN_MS)).toBe("trying");
    expect(health(again, AGAIN_MS + 1)).toBe("lost");
    expect(health({ ...life, moved: true, stood: false, state: "new" }, 0)).toBe("trying");
  });

  test("is over when it is closed", () => {
    expect(health({ ...life, state: "closed", moved: true }, 0)).toBe("broken");
  });
});

test("candidates of UDP on the bundled transport are worth telling", () => {
  const found = "candidate:1 1 udp 2122260223 192.0.2.2 58779 typ host";
  expect(worthTelling({ candidate: found, sdpMLineIndex: 0 })).toBe(true);
  expect(worthTelling({ candidate: found.replace("udp", "UDP"), sdpMLineIndex: null })).toBe(true);
  expect(worthTelling({ candidate: found, sdpMLineIndex: 1 })).toBe(false);
  expect(worthTelling({ candidate: found.replace("udp", "tcp"), sdpMLineIndex: 0 })).toBe(false);
  expect(worthTelling({ candidate: "", sdpMLineIndex: 0 })).toBe(false);
});

describe("the next step", () => {
  const at: Situation = { open: true, wanted: true, key: "a", line: null, notBefore: 0, now: 10 };
  const good = { key: "a", health: "good" as const };

  test("what is wanted and not there is opened, not before its time", () => {
    expect(nextStep(at)).toBe("open");
    expect(nextStep({ ...at, notBefore: 11 })).toBe("wait");
  });

  test("what is there and good is kept", () => {
    expect(nextStep({ ...at, line: good })).toBe("keep");
    expect(nextStep({ ...at, line: { key: "a", health: "trying" } })).toBe("keep");
  });

  test("what has lost its path looks for another", () => {
    expect(nextStep({ ...at, line: { key: "a", health: "lost" } })).toBe("restart");
    expect(nextStep({ ...at, line: { key: "b", health: "lost" } })).toBe("open");
    expect(nextStep({ ...at, open: false, line: { key: "a", health: "lost" } })).toBe("keep");
  });

  test("what is broken, or of another life of the media plane, is made anew", () => {
    expect(nextStep({ ...at, line: { key: "a", health: "broken" } })).toBe("open");
    expect(nextStep({ ...at, line: { ...good, key: "before" } })).toBe("open");
  });

  test("what nobody wants is closed", () => {
    expect(nextStep({ ...at, wanted: false, line: good })).toBe("close");
    expect(nextStep({ ...at, wanted: false })).toBe("keep");
  });

  test("while the socket is away, media that flows goes on", () => {
    expect(nextStep({ ...at, open: false, line: { key: "old", health: "broken" } })).toBe("keep");
    expect(nextStep({ ...at, open: false, wanted: false, line: good })).toBe("keep");
  });
});

test("tries are at most four seconds apart and never at once", () => {
  for (const chance of [0, 0.5, 0.999]) {
    for (const failures of [0, 1, 2, 5, 50]) {
      const wait = retryDelay(failures, chance);
      expect(wait).toBeGreaterThanOrEqual(500);
      expect(wait).toBeLessThanOrEqual(4_000);
    }
  }
});

describe("the encoding", () => {
  const wish = { audio: true, video: true, height: 180, max_kbps: 150 };

  test("a wide picture is made as high as wished", () => {
    expect(encodingFor(wish, true, 1280, 720)).toEqual({
      active: true,
      maxBitrate: 150_000,
      scaleResolutionDownBy: 4,
    });
  });

  test("a phone held upright counts by its shorter side", () => {
    expect(encodingFor(wish, true, 720, 1280).scaleResolutionDownBy).toBe(4);
  });

  test("nothing is made larger than it is", () => {
    expect(encodingFor({ ...wish, height: 720 }, true, 640, 360).scaleResolutionDownBy).toBe(1);
    expect(encodingFor(wish, true, 0, 0).scaleResolutionDownBy).toBe(1);
  });

  test("it rests while the camera is off or nobody wants it", () => {
    expect(encodingFor(wish, false, 1280, 720).active).toBe(false);
    expect(encodingFor({ ...wish, video: false }, true, 1280, 720).active).toBe(false);
  });
});

test("the meter runs from silence to full scale", () => {
  expect(meterLevel(0)).toBe(0);
  expect(meterLevel(0.001)).toBeCloseTo(0);
  expect(meterLevel(0.1)).toBeCloseTo(2 / 3);
  expect(meterLevel(1)).toBe(1);
  expect(meterLevel(2)).toBe(1);
});

describe("a weak link", () => {
  const feed = (weakness: Weakness, samples: (string | null)[]): string | null =>
    samples.reduce<string | null>((_, one) => weakness.sample(one), null);

  test("is said after three bad seconds of five, not before", () => {
    const weakness = new Weakness();
    expect(feed(weakness, ["x", null, "x", null])).toBeNull();
    expect(weakness.sample("x")).toBe("x");
  });

  test("two bad seconds far apart are nothing", () => {
    expect(feed(new Weakness(), ["x", null, null, null, null, "x", "x"])).toBeNull();
  });

  test("clears after five good seconds", () => {
    const weakness = new Weakness();
    feed(weakness, ["x", "x", "x"]);
    expect(feed(weakness, [null, null, null, null])).toBe("x");
    expect(weakness.sample(null)).toBeNull();
  });
});
