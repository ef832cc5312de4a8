// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { lang } from "../i18n";
import type { CommandBody, PrivateLineView } from "../protocol";
import { clock, view } from "../store";
import { line, view as made } from "../testing/views";
import { talkAct } from "./act";
import { Lines } from "./LineCard";
import { takeText, texts } from "./texts";

const wire = vi.hoisted(() => ({ sent: [] as unknown[], refuse: null as unknown }));
vi.mock("../store", async (original) => {
  const send = async (body: CommandBody) => {
    wire.sent.push(body);
    if (wire.refuse) throw wire.refuse;
    return null;
  };
  return { ...(await original<typeof import("../store")>()), command: send, quietCommand: send };
});
vi.mock("../media", () => ({
  audioBlocked: signal(false),
  resumeAudio: () => undefined,
  soundFlows: signal(false),
  startMedia: async () => undefined,
  stopMedia: () => undefined,
}));

let place: HTMLElement;
const ZONE = { timezone: "Asia/Makassar", timezone_label: "WITA" };

beforeEach(() => {
  wire.sent.length = 0;
  wire.refuse = null;
  texts.value = {};
  lang.value = "id";
  clock.value = 11_000;
  place = document.body.appendChild(document.createElement("div"));
});

afterEach(() => {
  render(null, place);
  place.remove();
  view.value = null;
});

async function show(changes: Partial<PrivateLineView>): Promise<void> {
  await act(() => {
    view.value = made({ rooms: { "64.02": { line: line(changes) } } });
    render(<Lines zone={ZONE} />, place);
  });
}

const card = (): HTMLElement | null => place.querySelector<HTMLElement>("[data-testid=private-line]");
const at = (name: string): HTMLElement | null => place.querySelector<HTMLElement>(`[data-testid=${name}]`);

test("a call says who rings and how long, and is answered or declined by one key", async () => {
  await show({});
  expect(card()?.textContent).toContain("Teknisi memanggil, 20 detik lagi");
  await act(() => void talkAct("answer"));
  await act(() => void talkAct("end"));
  expect(wire.sent).toEqual([
    { type: "line.answer", line: "line-0001" },
    { type: "line.decline", line: "line-0001" },
  ]);
  await show({ voice: "on", rings_until: null, answerer: "main of 64.02" });
  expect(card()?.dataset.here).toBe("true");
  expect(at("line-answer")).toBeNull();
  await act(() => void talkAct("end"));
  expect(wire.sent.at(-1)).toEqual({ type: "line.end", line: "line-0001" });
});

test("what is typed is sent, and stays where it was refused", async () => {
  await show({ voice: "off", rings_until: null });
  const field = at("line-text") as HTMLInputElement;
  const type = async (text: string): Promise<void> => {
    await act(() => {
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    await act(async () => {
      place.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    });
  };
  wire.refuse = { code: "line_gone", text: { id: "Sudah berakhir.", en: "" }, uncertain: false };
  await type("Kabel mana?");
  await vi.waitFor(() => expect(card()?.textContent).toContain("Sudah berakhir."));
  expect(field.value).toBe("Kabel mana?");
  wire.refuse = null;
  await type("Kabel mana?");
  await vi.waitFor(() => expect(field.value).toBe(""));
  expect(wire.sent.at(-1)).toEqual({ type: "line.write", line: "line-0001", text: "Kabel mana?" });
});

test("messages say who wrote; what is no longer kept is told", async () => {
  takeText({ type: "line.text", line: "line-0001", number: 3, side: "caller", by: "Rudi", at: 0, text: "Halo" });
  takeText({ type: "line.text", line: "line-0001", number: 4, side: "called", by: "Op", at: 0, text: "Ya" });
  await show({ texts: 4 });
  const said = at("line-said")?.textContent ?? "";
  expect(said).toContain("2 pesan sebelumnya tidak disimpan lagi.");
  expect(said).toContain("Rudi");
  expect(said).toContain("Anda");
});

test("why it ended stands there until it is put away", async () => {
  await show({});
  await show({ voice: "off", rings_until: null, ended: "unanswered" });
  expect(card()?.textContent).toContain("Panggilan tak terjawab dari Teknisi.");
  expect(at("line-text")).toBeNull();
  await act(() => void talkAct("end"));
  expect(card()).toBeNull();
  expect(wire.sent).toEqual([]);
});
