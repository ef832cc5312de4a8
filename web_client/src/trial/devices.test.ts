// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Devices } from "./devices";
import { trialLevel } from "./own";
import { Unfinished } from "./wait";

class FakeTrack {
  readyState = "live";
  readonly label: string;
  constructor(readonly kind: "audio" | "video") {
    this.label = kind;
  }
  stop = (): void => void (this.readyState = "ended");
  getSettings = (): object => ({});
}

class FakeStream {
  constructor(readonly tracks: FakeTrack[] = []) {}
  getTracks = (): FakeTrack[] => this.tracks;
}

class FakeContext {
  state = "running";
  createMediaStreamSource = () => ({ connect: () => {}, disconnect: () => {} });
  createAnalyser = () => ({ getFloatTimeDomainData: (into: Float32Array) => into.fill(0.5) });
}

type Answer = () => FakeTrack;

/** The questions that stand, in order; the person has not answered yet. */
let questions: Answer[];
let devices: Devices;
let stop: AbortController;

beforeEach(() => {
  vi.useFakeTimers();
  questions = [];
  stop = new AbortController();
  vi.stubGlobal("MediaStream", FakeStream);
  vi.stubGlobal("AudioContext", FakeContext);
  Object.defineProperty(document, "hidden", { configurable: true, value: true }); // no glance
  Object.defineProperty(navigator, "mediaDevices", {
    configurable: true,
    value: {
      enumerateDevices: async () => [],
      getUserMedia: (wish: { video?: unknown }) =>
        new Promise((resolve) => {
          questions.push(() => {
            const track = new FakeTrack(wish.video ? "video" : "audio");
            resolve(new FakeStream([track]));
            return track;
          });
        }),
    },
  });
  devices = new Devices();
});

afterEach(() => {
  devices.close();
  vi.useRealTimers();
});

const answer = (place: number): FakeTrack => {
  const one = questions[place];
  if (!one) throw new Error(`no question ${place}`);
  return one();
};

test("what opens after the task was given up is closed at once", async () => {
  const looking = devices.look(stop.signal);
  stop.abort();
  await expect(looking).rejects.toBeInstanceOf(Unfinished);
  const camera = answer(0);
  await vi.advanceTimersByTimeAsync(0);
  expect(camera.readyState).toBe("ended");
});

test("a camera that is open is closed although the microphone's question still stands", async () => {
  const looking = devices.look(stop.signal);
  const camera = answer(0);
  await vi.advanceTimersByTimeAsync(0);
  stop.abort();
  await expect(looking).rejects.toBeInstanceOf(Unfinished);
  devices.close();
  expect(camera.readyState).toBe("ended");
});

test("both questions share one time limit, and an unanswered one is told as such", async () => {
  const looking = devices.look(stop.signal);
  await vi.advanceTimersByTimeAsync(20_000);
  answer(0);
  await vi.advanceTimersByTimeAsync(5_100);
  expect(await looking).toMatchObject({ camera: "video", camera_problem: "", microphone_problem: "unanswered" });
  const microphone = answer(1);
  await vi.advanceTimersByTimeAsync(0);
  expect(microphone.readyState).toBe("ended");
});

test("behind an unanswered question no second is asked", async () => {
  const looking = devices.look(stop.signal);
  await vi.advanceTimersByTimeAsync(25_100);
  expect(await looking).toMatchObject({ camera_problem: "unanswered", microphone_problem: "unanswered" });
  expect(questions).toHaveLength(1);
});

test("a call alone shows the microphone's level, too", async () => {
  const opening = devices.audio(false, stop.signal);
  answer(0);
  await opening;
  await vi.advanceTimersByTimeAsync(100);
  expect(trialLevel.value).toBeGreaterThan(0);
  devices.close();
  expect(trialLevel.value).toBe(0);
});
