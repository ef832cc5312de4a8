// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { countAlarm, countStates } from "../../fixture/counts";
import { drawnView, NOW, withConference, withRoom } from "../../fixture/view";
import { lang } from "../i18n";
import type { CommandBody, View } from "../protocol";
import { away, clock, view } from "../store";
import { ControlRoom } from "./ControlRoom";

const server = vi.hoisted(() => ({ sent: [] as unknown[], refuse: null as unknown }));

vi.mock("../store", async (original) => {
  const answer = async (body: CommandBody) => {
    server.sent.push(body);
    if (server.refuse) throw server.refuse;
    return null;
  };
  return {
    ...(await original<typeof import("../store")>()),
    command: answer,
    quietCommand: answer,
  };
});

vi.mock("../media", () => ({
  streams: signal({}),
  levels: signal({}),
  local: signal(null),
  localLevel: signal(0),
  audioBlocked: signal(false),
  cameraOn: signal(true),
  resumeAudio: () => undefined,
  startMedia: async () => undefined,
  stopMedia: () => undefined,
}));

const siren = vi.hoisted(() => ({ begun: 0, ended: 0 }));

vi.mock("../media/level", () => ({
  audioContext: () => {
    siren.begun += 1;
    return { state: "suspended", addEventListener() {}, removeEventListener: () => (siren.ended += 1) };
  },
  wakeContext: () => () => undefined,
}));

vi.mock("../course/StripChart", () => ({ StripChart: () => null })); // it draws on a canvas

let place: HTMLElement;

beforeEach(() => {
  globalThis.fetch = async () => new Response("", { status: 404 });
  Object.assign(server, { sent: [], refuse: null });
  Object.assign(siren, { begun: 0, ended: 0 });
  lang.value = "id";
  clock.value = NOW;
  away.value = false;
  place = document.body.appendChild(document.createElement("div"));
});

afterEach(() => {
  render(null, place);
  place.remove();
});

const show = (seen: View) =>
  act(() => {
    view.value = seen;
    render(<ControlRoom />, place);
  });
const state = (name: string): View => countStates[name]?.(drawnView()) ?? drawnView();

async function press(key: string): Promise<void> {
  await act(() => {
    const target = document.activeElement ?? document.body;
    target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  });
}

function find<T extends HTMLElement = HTMLElement>(selector: string): T {
  const found = place.querySelector<T>(selector);
  if (!found) throw new Error(`nothing matches ${selector}`);
  return found;
}

async function type(said: string): Promise<void> {
  await act(() => {
    const field = find<HTMLInputElement>(".dialog input");
    field.value = said;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

/** Until the server's answer has come. */
const submit = () =>
  act(async () => {
    find("[data-testid=mark-form]").dispatchEvent(new Event("submit", { cancelable: true }));
    await new Promise((answered) => setTimeout(answered));
  });
const card = (code: string) => find(`[data-task=alarm][data-task-room="${code}"]`);

test("each alarm says its figures since when, once, and what the rule keeps from the room", async () => {
  await show(withConference(state("alarms"), { over: "refuse_floor" }));
  await press("e");
  expect(card("64.01").textContent).toContain("Paser: 13/12, melebihi kapasitas");
  expect(card("64.01").textContent).toContain(
    "Tercatat 13, kamera melihat 8, batas 12, sejak 09:11:30 WITA.",
  );
  expect(card("64.01").textContent).toContain("Tidak dapat diberi giliran");
  expect(card("64.72").textContent).toContain("Samarinda: kamera melihat 11, tercatat 7");
  expect(card("64.07").textContent).toContain(
    "Ditandai oleh Sri Wahyuni, 09:11:00 WITA: Petugas medis",
  );
  expect(place.querySelector('[data-task=over][data-task-room="64.01"]')).toBeNull();
});

test("the first press of a key shows the alarm, the second acts on it", async () => {
  await show(state("alarms"));
  await press("r");
  expect(server.sent).toEqual([]);
  expect(card("64.01").querySelector("kbd")?.textContent).toBe("R");
  await press("r");
  expect(server.sent).toEqual([{ type: "count.ask_reduce", room: "64.01", on: true }]);
  await show(withRoom(state("alarms"), "64.01", { reduce_asked: true, alarms: [countAlarm()] }));
  expect(card("64.01").querySelector("[data-testid=alarm-reduce]")?.textContent).toContain("Diminta");
  await press("r");
  expect(server.sent.at(-1)).toEqual({ type: "count.ask_reduce", room: "64.01", on: false });
});

test("an alarm is marked with a reason only, a chosen or a typed one", async () => {
  await show(state("alarms"));
  await press("a");
  await press("a");
  await submit();
  expect(find(".dialog .err").textContent).toContain("Isi alasannya");
  expect(server.sent).toEqual([]);
  await act(() => find(".picks button").click());
  expect(find<HTMLInputElement>(".dialog input").value).toBe("Petugas medis");
  await type("  Petugas medis, dua orang ");
  await submit();
  expect(server.sent).toEqual([
    { type: "count.acknowledge", room: "64.01", kind: "over", reason: "Petugas medis, dua orang" },
  ]);
  expect(place.querySelector("dialog")).toBeNull();
});

test("what is refused is said in the dialogue, and what was typed stays", async () => {
  server.refuse = { code: "no_alarm", text: { id: "Peringatan itu sudah tidak ada.", en: "" }, uncertain: false };
  await show(state("alarms"));
  await press("e");
  await press("a");
  await type("Sudah dicek");
  await submit();
  expect(find(".dialog .err").textContent).toContain("Peringatan itu sudah tidak ada.");
  expect(find<HTMLInputElement>(".dialog input").value).toBe("Sudah dicek");
});

test("one that is over and was never marked says so, and can only be marked", async () => {
  const ended = countAlarm({ ended_at: NOW - 30_000, persons: 13 });
  await show(withRoom(drawnView(), "64.72", { alarms: [ended] }));
  await press("e");
  expect(card("64.72").textContent).toContain("Sudah kembali 09:12:10 WITA, belum ditandai");
  expect(card("64.72").querySelectorAll("button")).toHaveLength(1);
});

test("what nobody heeded stands across the page and sounds, until it is silenced or marked", async () => {
  await show(state("loud"));
  expect(find("[data-testid=loud] [role=alert]").textContent).toContain("Paser: 13/12");
  expect(find("[data-testid=siren-held]").textContent).toContain("Bunyi tertahan");
  expect([siren.begun, siren.ended]).toEqual([1, 0]);
  await press("s");
  expect([siren.begun, siren.ended]).toEqual([1, 1]);
  expect(place.querySelector("[data-testid=siren-held]")).toBeNull();
  await show(withRoom(state("loud"), "64.01", { alarms: [countAlarm({ escalated: true, by: "Sri" })] }));
  expect(place.querySelector("[data-testid=loud]")).toBeNull();
});

test("a tile has its alarm's mark: the camera clearly sees more", async () => {
  await show(state("alarms"));
  const tile = find('.tile[data-room="64.72"]');
  expect(tile.dataset.alarms).toBe("mismatch");
  expect(tile.querySelector(".seen")?.textContent).toContain("≈ 11");
  expect(tile.querySelector(".sources")?.textContent).toContain("belum ditandai, 00:40");
});
