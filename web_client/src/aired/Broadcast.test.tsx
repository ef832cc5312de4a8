// @vitest-environment happy-dom
import { type ComponentChild, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { drawnView, NOW } from "../../fixture/view";
import { tasksOf } from "../control/tasks";
import { lang } from "../i18n";
import type { BroadcastView, CommandBody, View } from "../protocol";
import { clock } from "../store";
import { BroadcastDialog } from "./BroadcastDialog";
import { BroadcastRow, BroadcastSign } from "./BroadcastSign";

const running: BroadcastView = {
  id: "b1",
  began: NOW - 65_000,
  by: "Rini",
  interrupted_at: null,
  ended_at: null,
  why: null,
  ended_by: "",
  alarms: [],
};

function seen(broadcast: BroadcastView | null): View {
  const view = drawnView();
  return { ...view, conference: { ...view.conference, phase: "live", broadcast } };
}

function served(told: object): void {
  const body = {
    ready: true,
    public: false,
    page: "https://v/siaran/k/abc",
    hls: "https://v/siaran/k/abc/index.m3u8",
    channel: "a.example",
    channel_state: "waiting",
    pictures: 100,
    skipped: 0,
    kbps: 2600,
    segments: 8,
    ...told,
  };
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify(body))));
}

async function shown(what: ComponentChild): Promise<HTMLElement> {
  const place = document.createElement("div");
  document.body.append(place);
  await act(() => render(what, place));
  await act(() => new Promise((done) => setTimeout(done)));
  return place;
}

beforeEach(() => {
  lang.value = "id";
  clock.value = NOW;
});

afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

test("halls and observers are told that the public watches, and who began that", async () => {
  for (const Part of [BroadcastRow, BroadcastSign]) {
    const on = await shown(<Part seen={seen(running)} />);
    expect(on.textContent).toContain("Sesi ini disiarkan");
    expect(on.textContent).toContain("Rini");
    expect((await shown(<Part seen={seen(null)} />)).textContent).toBe("");
  }
});

test("the desk starts it, sees where it is watched and how the channel is", async () => {
  served({});
  const acts: (CommandBody | null)[] = [];
  const note = (body: CommandBody | null) => void acts.push(body);
  const off = await shown(<BroadcastDialog seen={seen(null)} act={note} onClose={() => undefined} />);
  off.querySelector<HTMLButtonElement>('[data-testid="broadcast-start"]')?.click();
  const on = await shown(<BroadcastDialog seen={seen(running)} act={note} onClose={() => undefined} />);
  expect(on.querySelector<HTMLInputElement>('[data-testid="broadcast-hls"]')?.value).toBe("https://v/siaran/k/abc/index.m3u8");
  expect(on.textContent).toContain("Saluran a.example: tidak tersambung");
  on.querySelector<HTMLButtonElement>('[data-testid="broadcast-stop"]')?.click();
  expect(acts).toEqual([{ type: "broadcast.start" }, { type: "broadcast.stop" }]);
});

test("a server that is not set up for it says so, and what to do", async () => {
  served({ ready: false, page: "", hls: "", channel: "" });
  const place = await shown(<BroadcastDialog seen={seen(null)} act={() => undefined} onClose={() => undefined} />);
  expect(place.textContent).toContain("[broadcast]");
});

test("what is wrong with it is a task of the desk", () => {
  const wrong: BroadcastView = { ...running, interrupted_at: 3, alarms: [{ cause: "channel", since: 2 }] };
  const tasks = tasksOf(seen(wrong)).filter(({ kind }) => kind === "broadcast");
  expect(tasks.map((task) => task.kind === "broadcast" && task.cause)).toEqual(["interrupted", "channel"]);
  expect(tasksOf(seen({ ...wrong, ended_at: 5 })).some(({ kind }) => kind === "broadcast")).toBe(false);
});
