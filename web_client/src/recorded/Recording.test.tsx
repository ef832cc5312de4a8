// @vitest-environment happy-dom
import { type ComponentChild, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { drawnView, NOW } from "../../fixture/view";
import { lang } from "../i18n";
import type { CommandBody, RecordingView, View } from "../protocol";
import { clock } from "../store";
import { RecordingDialog } from "./RecordingDialog";
import { RecordingList } from "./RecordingList";
import { RecordingRow, RecordingSign } from "./RecordingSign";

const running: RecordingView = {
  id: "r1",
  began: 1_000,
  by: "Rini",
  interrupted_at: null,
  ended_at: null,
  why: null,
  ended_by: "",
  alarms: [],
};

function seen(recording: RecordingView | null): View {
  const view = drawnView();
  return { ...view, conference: { ...view.conference, phase: "live", recording } };
}

beforeEach(() => {
  lang.value = "id";
  clock.value = NOW;
});

async function shown(what: ComponentChild): Promise<HTMLElement> {
  const place = document.createElement("div");
  document.body.append(place);
  await act(() => render(what, place));
  return place;
}

afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test("halls and observers are told that it runs and who began it, and nothing else", async () => {
  for (const Part of [RecordingRow, RecordingSign]) {
    const on = await shown(<Part seen={seen(running)} />);
    expect(on.textContent).toContain("Sesi ini direkam");
    expect(on.textContent).toContain("Rini");
    expect((await shown(<Part seen={seen(null)} />)).textContent).toBe("");
    const over = { ...running, ended_at: 2_000, why: "stopped" as const };
    expect((await shown(<Part seen={seen(over)} />)).textContent).toBe("");
  }
});

test("a kept recording says how one film is made of it, once it has ended", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const kept = { id: "1601000000000-aB3", began: 1_000, by: "Rini", why: "", ended_by: "", bytes: 9, files: [] };
  const answer = [{ ...kept, ended: 61_000 }, { ...kept, id: "runs", ended: null }];
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify(answer))));
  const zone = { timezone: "Asia/Makassar", timezone_label: "WITA" };
  const place = await shown(<RecordingList place="/api" zone={zone} fresh="" />);
  await vi.waitFor(() => expect(place.querySelectorAll("details").length).toBe(2));
  const commands = [...place.querySelectorAll("[data-testid=film-command]")].map((one) => one.textContent);
  expect(commands).toEqual(["vicon compose 1601000000000-aB3 --data DATA"]);
  answer.splice(1, 1, { ...kept, id: "runs", ended: 62_000 });
  await act(async () => void (await vi.advanceTimersByTimeAsync(6_000)));
  await vi.waitFor(() => expect(place.querySelectorAll("[data-testid=film-command]").length).toBe(2));
});

test("the dialogue starts, stops, and says why it ended by itself", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("[]")));
  const asked: (CommandBody | null)[] = [];
  const dialog = (recording: RecordingView | null) =>
    shown(<RecordingDialog seen={seen(recording)} act={(body) => asked.push(body)} onClose={() => undefined} />);
  const press = (place: HTMLElement, name: string) =>
    place.querySelector<HTMLElement>(`[data-testid=${name}]`)?.click();
  press(await dialog(null), "recording-start");
  press(await dialog(running), "recording-stop");
  expect(asked).toEqual([{ type: "recording.start" }, { type: "recording.stop" }]);
  const full = await dialog({ ...running, ended_at: NOW, why: "disk_full" });
  expect(full.textContent).toContain("Disk server penuh");
});
