// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { device, view as made } from "./testing/views";
import { layersWanted } from "./measured";
import { startMedia, stopMedia } from "./media";
import { link, mediaEpoch, view } from "./store";

interface FakeLine {
  key: string;
  health: string;
  closed: boolean;
}
const opened = vi.hoisted(() => ({ up: [] as FakeLine[], down: [] as FakeLine[], told: [] as unknown[] }));

function fake(list: FakeLine[]) {
  return class {
    health = "trying";
    closed = false;
    constructor(readonly key: string) {
      list.push(this);
    }
    offer = async () => "v=0";
    answer = async () => "v=0";
    accept = async () => undefined;
    use = async () => undefined;
    follow = async (wishes: { wanted: unknown }) => void opened.told.push(wishes.wanted);
    pairs = () => ({});
    figures = async () => new Map();
    sent = async () => ({ octets: 0, frames: 0, lost: null, reportedAt: 0 });
    known = () => undefined;
    close = () => void (this.closed = true);
  };
}

vi.mock("./media/up", () => ({ Up: fake(opened.up) }));
vi.mock("./media/down", () => ({ Down: fake(opened.down) }));
vi.mock("./media/sound", async () => {
  const { signal } = await import("@preact/signals");
  const nothing = () => undefined;
  return { audioBlocked: signal(false), duckProgramme: nothing, playSound: nothing, resumeAudio: nothing };
});
vi.mock("./capture", async () => {
  const { signal } = await import("@preact/signals");
  return {
    cameraOn: signal(true),
    local: signal(new MediaStream()),
    openCapture: async () => undefined,
    trackOf: () => null,
    watchInputs: () => undefined,
  };
});
vi.mock("./store", async (original) => ({
  ...(await original<typeof import("./store")>()),
  quietCommand: async ({ type }: { type: string }) =>
    type === "media.publish" ? { type: "published", sdp: "v=0" } : { type: "subscribed", sdp: "v=0", slots: [] },
}));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  opened.up.length = opened.down.length = opened.told.length = 0;
  const send = { audio: true, video: true, height: 720, max_kbps: 1500 };
  view.value = made({ you: { device: device("d1"), send } });
  mediaEpoch.value = "e1";
  link.value = { state: "open" };
});

afterEach(() => {
  stopMedia();
  view.value = null;
  vi.useRealTimers();
});

test("what broke is made anew once, and no layer is told of yet", async () => {
  await startMedia();
  expect([opened.up.length, opened.down.length]).toEqual([1, 1]);
  layersWanted.value = ["q"];
  expect(opened.told.at(-1)).toEqual(["q"]);
  const first = opened.up[0];
  if (first) first.health = "broken";
  vi.advanceTimersByTime(600);
  expect([opened.up.length, opened.down.length]).toEqual([2, 1]);
  expect(opened.up.map((line) => line.closed)).toEqual([true, false]);
  expect(layersWanted.value).toBeNull();
  expect(opened.told.at(-1)).toBeNull();
});
