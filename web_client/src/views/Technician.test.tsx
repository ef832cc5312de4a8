// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BEFORE, setTrials } from "../../fixture/trials";
import { drawnView, withConference, withRoom } from "../../fixture/view";
import { lang } from "../i18n";
import type { CommandBody, View } from "../protocol";
import { away, clock, view } from "../store";
import { RoomPane } from "./RoomPane";
import { Technician } from "./Technician";

const sent = vi.hoisted(() => [] as unknown[]);

vi.mock("../store", async (original) => ({
  ...(await original<typeof import("../store")>()),
  command: async (body: CommandBody) => {
    sent.push(body);
    return { type: "trial.started", run: "new" };
  },
  press: (body: CommandBody) => sent.push(body),
}));

vi.mock("../course/StripChart", () => ({ StripChart: () => null })); // it draws on a canvas

let place: HTMLElement;
const realFetch = globalThis.fetch;

beforeEach(() => {
  sent.length = 0;
  lang.value = "id";
  clock.value = BEFORE;
  away.value = false;
  place = document.body.appendChild(document.createElement("div"));
});

afterEach(() => {
  render(null, place);
  place.remove();
  globalThis.fetch = realFetch;
});

function lobby(): View {
  return withConference(drawnView(), { phase: "lobby", floor: null, next: null });
}

async function show(state: string, seen: View = lobby()): Promise<void> {
  await act(() => {
    view.value = setTrials(seen, "technician", state);
    render(<Technician />, place);
  });
}

async function press(key: string): Promise<void> {
  await act(() => {
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  });
}

async function click(selector: string): Promise<void> {
  await act(() => find(selector).click());
}

function find(selector: string): HTMLElement {
  const found = place.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`no ${selector}`);
  return found;
}

const words = (selector: string) => find(selector).textContent?.replace(/\s+/g, " ").trim();

test("the sentence names the room that stops the session, and what it lacks", async () => {
  await show("trial");
  expect(words(".go [role=status]")).toBe("Belum bisa mulai. Penajam Paser Utara: mikrofon tidak bersuara.");
  expect(words(".go p")).toBe("8 siap, 1 perhatian, 1 belum siap. Sesi 09:00 WITA, 1 jam 18 menit lagi.");
  expect(words(".sweep b")).toBe("Uji serentak 4/10");
});

test("all ready, and never tested", async () => {
  await show("ready");
  expect(words(".go [role=status]")).toBe("Siap mulai: sepuluh ruang lulus uji");
  await show("empty");
  expect(words(".go [role=status]")).toBe("Belum bisa mulai. Belum ada ruang yang diuji.");
  expect(words('[data-room="64.08"] .p')).toBe("720p belum diuji");
});

test("the step that failed first stands open with its cause, cure and way on", async () => {
  await show("trial");
  expect(find("[data-panel]").dataset.panel).toBe("64.09");
  expect(words("[data-step=devices] dd")).toContain("−74 dBFS");
  await click("[data-testid=repeat-devices]");
  expect(sent).toEqual([{ type: "trial.repeat", run: "now", step: "devices" }]);
  await click("[data-step=devices] button.face");
  expect(place.querySelector("[data-step=devices] .body")).toBeNull();
});

test("a press tests a room; a room under test is stopped instead", async () => {
  await show("trial");
  await click('[data-test="64.01"]');
  expect(sent).toEqual([{ type: "trial.start", room: "64.01" }]);
  await press("u");
  expect(sent).toHaveLength(2);
  await click('[data-pick="64.09"]');
  await press("u");
  expect(sent).toHaveLength(2);
  await click("[data-testid=run-stop]");
  expect(sent[2]).toEqual({ type: "trial.stop", run: "now" });
});

test("in a live session a test is wanted twice", async () => {
  await show("live", drawnView());
  await click('[data-test="64.01"]');
  expect(sent).toEqual([]);
  await click("[data-testid=live-yes]");
  expect(sent).toEqual([{ type: "trial.start", room: "64.01", force: true }]);
});

test("without a test page the panel says what to do, and nothing is sent", async () => {
  await show("nostation");
  await click('[data-test="64.08"]');
  expect(sent).toEqual([]);
  expect(find("[data-testid=no-station]").hasAttribute("open")).toBe(true);
  await press("s");
  expect(words(".dialog h2")).toBe("Uji serentak tanpa 3 ruang?");
  await click("[data-testid=sweep-yes]");
  expect(sent).toEqual([{ type: "trial.sweep" }]);
});

test("equipment is ticked by hand", async () => {
  await show("equipment");
  await click("[data-item=display]");
  expect(sent).toEqual([{ type: "readiness.check", room: "64.09", item: "display", on: true }]);
});

test("where rooms are held back a moderator lets one in with a reason", async () => {
  const seen = setTrials(withConference(lobby(), { gate: true }), "technician", "history");
  const held = seen.rooms.find((room) => room.code === "64.09");
  if (!held) throw new Error("no room");
  const pane = (now: View, room = held) =>
    act(() => render(<RoomPane room={room} seen={now} act={() => undefined} ask={() => undefined} onClose={() => undefined} />, place));
  await pane(seen);
  await click("[data-testid=gate-override]");
  await click("[data-testid=gate-yes]");
  expect(sent).toEqual([]);
  expect(words(".dialog .err")).toBe("Isi alasannya");
  await act(() => {
    const field = find(".dialog input") as HTMLInputElement;
    field.value = "Mikrofon cadangan dipakai";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await click("[data-testid=gate-yes]");
  const reason = "Mikrofon cadangan dipakai";
  expect(sent).toEqual([{ type: "readiness.override", room: "64.09", on: true, reason }]);
  const readiness = { ...held.readiness, override: reason };
  await pane(withRoom(seen, "64.09", { readiness }), { ...held, readiness });
  expect(words("[data-testid=let-in]")).toBe(`Diizinkan masuk: ${reason}`);
});
