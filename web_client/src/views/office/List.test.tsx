// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lang } from "../../i18n";
import type { Listed } from "../../office/api";
import { List } from "./List";

const ONE: Listed = {
  id: "gladi",
  title: "Gladi",
  origin: "office",
  archived: false,
  phase: "lobby",
  starts_at: 1_600_995_600_000,
  timezone: "Asia/Makassar",
  timezone_label: "WITA",
  rooms: 10,
  devices: 0,
  wrong: null,
};

let place: HTMLElement;
let asked: string[];
const realFetch = globalThis.fetch;

beforeEach(() => {
  lang.value = "id";
  asked = [];
  place = document.body.appendChild(document.createElement("div"));
  globalThis.fetch = async (url, more) => {
    asked.push(`${more?.method} ${String(url)}`);
    return new Response("{}", { status: 200 });
  };
});

afterEach(() => {
  render(null, place);
  place.remove();
  globalThis.fetch = realFetch;
});

async function show(...all: Listed[]): Promise<void> {
  await act(() => render(<List all={all} failed={null} reload={async () => undefined} />, place));
}

function button(id: string, face: string): HTMLButtonElement | undefined {
  const all = place.querySelectorAll<HTMLButtonElement>(`[data-conference="${id}"] button`);
  return [...all].find((one) => one.textContent?.startsWith(face));
}

async function press(one: HTMLElement | null | undefined): Promise<void> {
  await act(async () => one?.click());
}

test.each<[string, Partial<Listed>, string, string | null]>([
  ["a waiting one is edited", {}, "Sunting", null],
  ["a closed one is not", { phase: "closed" }, "Sunting", "Sesi sudah selesai"],
  ["an archived one is not", { archived: true, phase: null }, "Sunting", "Pulihkan dahulu dari arsip"],
  ["a live one is not archived", { phase: "live" }, "Arsipkan", "Sesi sedang berlangsung"],
])("%s", async (_, parts, face, why) => {
  await show({ ...ONE, ...parts });
  const found = button("gladi", face);
  expect(found?.getAttribute("aria-disabled")).toBe(why === null ? null : "true");
  expect(found?.title ?? "").toContain(why ?? "");
});

test("one of the configuration file is copied, not changed, and says where it is", async () => {
  await show({ ...ONE, origin: "file" });
  expect([button("gladi", "Sunting"), button("gladi", "Arsipkan")]).toEqual([undefined, undefined]);
  expect(button("gladi", "Salin")?.getAttribute("aria-disabled")).toBeNull();
  expect(place.textContent).toContain("Hanya diubah di berkas konfigurasi server");
});

test("a damaged file says what is wrong with it", async () => {
  await show({ ...ONE, phase: null, wrong: { id: "bukan TOML", en: "no TOML" } });
  expect(place.textContent).toContain("bukan TOML");
});

test("archiving is asked, tells who is there, and can be taken back", async () => {
  await show({ ...ONE, devices: 3 });
  await press(button("gladi", "Arsipkan"));
  expect(place.querySelector("dialog")?.textContent).toContain("3 perangkat");
  expect(asked).toEqual([]);
  await press(place.querySelector<HTMLElement>("[data-testid=archive-yes]"));
  await act(() => new Promise((done) => setTimeout(done)));
  const undo = [...place.querySelectorAll("button")].find((one) => one.textContent === "Urungkan");
  await press(undo);
  await act(() => new Promise((done) => setTimeout(done)));
  expect(asked).toEqual([
    "POST /api/v1/office/conferences/gladi/archive",
    "POST /api/v1/office/conferences/gladi/restore",
  ]);
});
