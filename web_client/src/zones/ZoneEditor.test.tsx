// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { lang } from "../i18n";
import { view as shown } from "../store";
import { room, view } from "../testing/views";
import { ZoneEditor } from "./ZoneEditor";

const server = vi.hoisted(() => ({ sent: [] as unknown[], refuse: null as unknown }));
const own = vi.hoisted(() => ({ stream: null as MediaStream | null }));

vi.mock("../store", async (original) => ({
  ...(await original<typeof import("../store")>()),
  quietCommand: async (body: unknown) => {
    server.sent.push(body);
    if (server.refuse) throw server.refuse;
    return null;
  },
}));

vi.mock("../media", () => ({
  get local() {
    return { value: own.stream };
  },
  streams: signal({}),
}));

let place: HTMLElement;
let closed: number;
const ZONE = { x: 0.2, y: 0.1, width: 0.3, height: 0.2 };
const hall = room("64.02", { zones: [ZONE] });

beforeEach(() => {
  Object.assign(server, { sent: [], refuse: null });
  closed = 0;
  lang.value = "id";
  shown.value = view();
  own.stream = new MediaStream();
  HTMLCanvasElement.prototype.getContext = () => null;
  place = document.body.appendChild(document.createElement("div"));
});

afterEach(() => {
  render(null, place);
  place.remove();
});

/** The hall's own picture, as the page shows it; `width` 0: none has come yet. */
function withPicture(width = 1280): void {
  const screen = place.appendChild(document.createElement("video"));
  const state = { srcObject: own.stream, videoWidth: width, videoHeight: 720, readyState: 2 };
  for (const [name, value] of Object.entries(state)) Object.defineProperty(screen, name, { value });
}

async function open(of = hall): Promise<void> {
  const box = place.appendChild(document.createElement("div"));
  await act(() => render(<ZoneEditor room={of} onClose={() => (closed += 1)} />, box));
}

function find(selector: string): HTMLElement {
  const found = place.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`nothing matches ${selector}`);
  return found;
}

const id = (name: string): string => `[data-testid=${name}]`;
const click = (selector: string) =>
  act(async () => {
    find(selector).click();
    await new Promise((answered) => setTimeout(answered, 20));
  });
const press = (key: string, more: KeyboardEventInit = {}) =>
  act(() => {
    const on = document.activeElement ?? document.body;
    on.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
  });

test("where this page has no picture of the camera it says what to do, and looks again when asked", async () => {
  withPicture(0);
  await open();
  expect(find(id("zones-empty")).textContent).toContain("perangkat kamera utama");
  place.querySelector("video")?.remove();
  withPicture();
  await click(id("zones-take"));
  expect(find(".zone").getAttribute("aria-label")).toBe(
    "Bidang 1: 20 % dari kiri, 10 % dari atas, lebar 30 %, tinggi 20 %",
  );
});

test("a still has the camera's own size, so that parts of it are parts of the camera's picture", async () => {
  withPicture();
  await open();
  const canvas = place.querySelector("canvas");
  expect([canvas?.width, canvas?.height]).toEqual([1280, 720]);
});

test("by keyboard a zone is added, moved, stretched, removed and taken back, then saved", async () => {
  withPicture();
  await open();
  await click(id("zone-add"));
  expect(document.activeElement?.getAttribute("data-zone")).toBe("1");
  await press("ArrowLeft");
  await press("ArrowDown", { shiftKey: true });
  find('[data-zone="0"]').focus();
  await press("Delete");
  expect(find(id("zone-count")).textContent).toBe("1 bidang");
  await press("z", { ctrlKey: true });
  expect(find(id("zone-count")).textContent).toBe("2 bidang");
  await click(id("zones-save"));
  expect(server.sent).toEqual([
    {
      type: "count.zones",
      room: "64.02",
      zones: [ZONE, { x: 0.39, y: 0.4, width: 0.2, height: 0.21 }],
    },
  ]);
  expect(closed).toBe(1);
});

test("what is drawn and not saved is not thrown away by one press", async () => {
  withPicture();
  await open();
  await click(id("zone-add"));
  await click(id("zones-close"));
  expect(closed).toBe(0);
  expect(find(".ends").textContent).toContain("Perubahan belum disimpan.");
  await click(id("zones-close"));
  expect(closed).toBe(1);
  expect(server.sent).toEqual([]);
});

test("a refusal is said, and the zones stay", async () => {
  server.refuse = { code: "bad_zones", text: { id: "Bidang itu di luar gambar.", en: "" }, uncertain: false };
  withPicture();
  await open();
  await click(id("zone-add"));
  await click(id("zones-save"));
  expect(find(".err").textContent).toContain("Bidang itu di luar gambar.");
  expect(place.querySelectorAll(".zone")).toHaveLength(2);
  expect(closed).toBe(0);
});
