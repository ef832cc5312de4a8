// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";

class FakeTrack extends EventTarget {
  readyState = "live";
  constructor(readonly kind: "audio" | "video") {
    super();
  }
  stop(): void {
    this.readyState = "ended";
  }
}

class FakeStream {
  constructor(private readonly tracks: FakeTrack[] = []) {}
  getTracks = (): FakeTrack[] => this.tracks;
  getVideoTracks = (): FakeTrack[] => this.tracks.filter((one) => one.kind === "video");
  getAudioTracks = (): FakeTrack[] => this.tracks.filter((one) => one.kind === "audio");
}

type Wish = { video: unknown; audio: unknown };

let asked: Wish[];
let trouble: (wish: Wish) => string | null;

beforeEach(() => {
  asked = [];
  trouble = () => null;
  vi.resetModules();
  vi.stubGlobal("MediaStream", FakeStream);
  vi.spyOn(console, "info").mockImplementation(() => {});
  Object.defineProperty(navigator, "mediaDevices", {
    configurable: true,
    value: {
      enumerateDevices: async () => [],
      getUserMedia: async (wish: Wish) => {
        asked.push(wish);
        const name = trouble(wish);
        if (name) throw new DOMException("no", name);
        const kinds = (["video", "audio"] as const).filter((kind) => wish[kind]);
        return new FakeStream(kinds.map((kind) => new FakeTrack(kind)));
      },
    },
  });
});

const load = () => import("./capture");

test("camera and microphone are asked for together", async () => {
  const capture = await load();
  await capture.openCapture();
  expect(asked).toHaveLength(1);
  expect(capture.problems.value).toEqual({ camera: null, microphone: null });
  expect(capture.local.value?.getTracks()).toHaveLength(2);
});

test("without a camera the microphone works, and the reason is said", async () => {
  trouble = (wish) => (wish.video ? "NotFoundError" : null);
  const capture = await load();
  await capture.openCapture();
  expect(capture.problems.value).toEqual({ camera: "missing", microphone: null });
  expect(capture.trackOf("microphone")).not.toBeNull();
  expect(capture.trackOf("camera")).toBeNull();
});

test("a person who refuses is not asked three times", async () => {
  trouble = () => "NotAllowedError";
  const capture = await load();
  await capture.openCapture();
  expect(asked).toHaveLength(2);
  expect(capture.problems.value).toEqual({ camera: "denied", microphone: "denied" });
  expect(capture.local.value).toBeNull();
});

test("a page that may not ask at all knows why", async () => {
  Object.defineProperty(navigator, "mediaDevices", { configurable: true, value: undefined });
  const capture = await load();
  await capture.openCapture();
  expect(capture.problems.value).toEqual({ camera: "insecure", microphone: "insecure" });
});

test("a pulled cable leaves the rest running and is said", async () => {
  const capture = await load();
  await capture.openCapture();
  capture.trackOf("camera")?.dispatchEvent(new Event("ended"));
  expect(capture.problems.value.camera).toBe("missing");
  expect(capture.trackOf("microphone")).not.toBeNull();
});

test("another input takes over without a gap in between", async () => {
  const capture = await load();
  await capture.openCapture();
  const before = capture.trackOf("camera");
  const seen: boolean[] = [];
  capture.local.subscribe((stream) => seen.push(stream !== null));
  await capture.chooseInput("camera", "second");
  expect(seen).not.toContain(false);
  expect(before?.readyState).toBe("ended");
  expect(asked.at(-1)?.video).toMatchObject({ deviceId: { ideal: "second" } });
});
