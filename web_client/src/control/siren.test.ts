// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AGAIN_MS, isSilenced, silence, sirenHeld, startSiren } from "./siren";

/** A sound device that counts what it is given; `state` as the browser sets it. */
const device = vi.hoisted(() => ({ state: "running", notes: 0, listeners: new Set<() => void>() }));

vi.mock("../media/level", () => ({
  audioContext: () => ({
    currentTime: 0,
    destination: {},
    get state() {
      return device.state;
    },
    addEventListener: (_: string, listener: () => void) => device.listeners.add(listener),
    removeEventListener: (_: string, listener: () => void) => device.listeners.delete(listener),
  }),
  wakeContext: () => () => undefined,
}));

const ramp = { setValueAtTime: () => undefined, linearRampToValueAtTime: () => undefined };

beforeEach(() => {
  vi.useFakeTimers();
  Object.assign(device, { state: "running", notes: 0 });
  vi.stubGlobal(
    "OscillatorNode",
    class {
      connect = (next: object) => next;
      start = () => (device.notes += 1);
      stop = () => undefined;
    },
  );
  vi.stubGlobal(
    "GainNode",
    class {
      gain = ramp;
      connect = (next: object) => next;
    },
  );
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("sounds at once and every ten seconds, until it ends", () => {
  const end = startSiren();
  expect(device.notes).toBe(3);
  vi.advanceTimersByTime(2 * AGAIN_MS);
  expect(device.notes).toBe(9);
  end();
  vi.advanceTimersByTime(3 * AGAIN_MS);
  expect(device.notes).toBe(9);
});

test("where the browser holds it back it is said, and it sounds as soon as it may", () => {
  device.state = "suspended";
  const end = startSiren();
  expect([sirenHeld.value, device.notes]).toEqual([true, 0]);
  device.state = "running";
  for (const listener of device.listeners) listener();
  expect([sirenHeld.value, device.notes]).toEqual([false, 3]);
  end();
  expect(device.listeners.size).toBe(0);
});

test("one alarm is silenced, the next one is not", () => {
  silence("64.01 over 1");
  expect(isSilenced("64.01 over 1")).toBe(true);
  expect(isSilenced("64.01 over 2")).toBe(false);
});
