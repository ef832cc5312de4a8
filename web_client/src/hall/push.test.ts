import { expect, test } from "vitest";
import { PushToTalk } from "./push";

test("opens while the key is held and closes when it is let go", () => {
  const push = new PushToTalk();
  expect(push.down("off", true)).toBe("mic.unmute");
  expect(push.down("on", true)).toBeNull(); // still the same stroke
  expect(push.up(true)).toBe("mic.mute");
  expect(push.up(true)).toBeNull();
});

test("a moderator's question may be answered with it", () => {
  const push = new PushToTalk();
  expect(push.down("asked", true)).toBe("mic.unmute");
  expect(push.up(true)).toBe("mic.mute");
});

test("never opens what is locked, and leaves alone what is on", () => {
  for (const mic of ["locked", "on"] as const) {
    const push = new PushToTalk();
    expect(push.down(mic, true)).toBeNull();
    expect(push.up(true)).toBeNull();
  }
});

test("without a link nothing opens; what is open is closed when the link is back", () => {
  const push = new PushToTalk();
  expect(push.down("off", false)).toBeNull();
  expect(push.up(false)).toBeNull();
  expect(push.down("off", true)).toBe("mic.unmute");
  expect(push.up(false)).toBeNull();
  expect(push.settle(false)).toBeNull();
  expect(push.settle(true)).toBe("mic.mute");
  expect(push.settle(true)).toBeNull();
});

test("a link that was away for a moment does not close what is still held", () => {
  const push = new PushToTalk();
  push.down("off", true);
  expect(push.settle(true)).toBeNull();
  expect(push.up(true)).toBe("mic.mute");
});

test("what the server refused to open is not closed either", () => {
  const push = new PushToTalk();
  push.down("off", true);
  push.refused();
  expect(push.up(true)).toBeNull();
});
