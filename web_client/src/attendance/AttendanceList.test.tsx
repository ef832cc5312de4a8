// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { EXPECTED, PRESENT } from "../../fixture/counts";
import { NOW } from "../../fixture/view";
import { lang } from "../i18n";
import type { RoomView } from "../protocol";
import { link, view as shown } from "../store";
import { room, view } from "../testing/views";
import { AttendanceList } from "./AttendanceList";

const server = vi.hoisted(() => ({ sent: [] as { type: string }[], refuse: null as unknown }));

vi.mock("../store", async (original) => ({
  ...(await original<typeof import("../store")>()),
  serverNow: () => NOW,
  quietCommand: async (body: { type: string }) => {
    server.sent.push(body);
    if (server.refuse) throw server.refuse;
    return null;
  },
}));

let place: HTMLElement;
const hall = room("64.02", { attendance: PRESENT, expected: EXPECTED, checked_in: 8, count: 8 });

beforeEach(() => {
  Object.assign(server, { sent: [], refuse: null });
  lang.value = "id";
  link.value = { state: "open" };
  shown.value = view({ you: { name: "Operator" } });
  place = document.body.appendChild(document.createElement("div"));
});

afterEach(() => {
  render(null, place);
  place.remove();
});

const show = (of: RoomView = hall) =>
  act(() => render(<AttendanceList room={of} seen={view()} />, place));

function find<T extends HTMLElement = HTMLElement>(selector: string): T {
  const found = place.querySelector<T>(selector);
  if (!found) throw new Error(`nothing matches ${selector}`);
  return found;
}

/** Until the server's answer has come. */
const settle = (work: () => void) =>
  act(async () => {
    work();
    await new Promise((answered) => setTimeout(answered));
  });
const click = (selector: string) => settle(() => find(selector).click());
const id = (name: string): string => `[data-testid=${name}]`;
const submit = (form: string) =>
  settle(() => void find(id(form)).dispatchEvent(new Event("submit", { cancelable: true })));

async function type(selector: string, said: string): Promise<void> {
  await act(() => {
    const field = find<HTMLInputElement>(selector);
    field.value = said;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

test("says how many are there, are missing and left", async () => {
  await show();
  expect(find(id("attendance-sum")).textContent).toBe("8 hadir, 3 belum datang, 1 sudah keluar");
  expect(find('[data-part="present"]').textContent).toContain("Edi Damansyah");
  expect(find('[data-person="person-0003"]').textContent).toContain("masuk 08:15 WITA, lewat ponsel");
});

test("an empty list says what to do", async () => {
  await show(room("64.02"));
  expect(find(".empty").textContent).toContain("memindai kode di pintu");
});

test("a person is entered with an id of the page's own; the form is empty for the next", async () => {
  await show();
  await click(id("person-add"));
  await submit("enter-form");
  expect(find(".err").textContent).toContain("Isi namanya");
  await type(id("person-name"), "Budi");
  await type(id("person-institution"), "KPU");
  await act(() => find<HTMLInputElement>(".roles label:nth-of-type(2) input").click());
  await submit("enter-form");
  expect(server.sent).toEqual([
    {
      type: "attendance.enter",
      room: "64.02",
      person: expect.stringMatching(/^[A-Za-z0-9_-]{8,40}$/),
      name: "Budi",
      institution: "KPU",
      role: "Pasangan calon",
    },
  ]);
  expect(find<HTMLInputElement>(id("person-name")).value).toBe("");
  expect(place.textContent).toContain("Budi tercatat masuk.");
});

test("a refusal stands by the form, and nothing typed is lost", async () => {
  server.refuse = {
    code: "room_full",
    text: { id: "Ruang penuh (12/12).", en: "The room is full (12/12)." },
    uncertain: false,
  };
  await show();
  await click(id("person-add"));
  await type(id("person-name"), "Budi");
  await submit("enter-form");
  expect(find(".person .err").textContent).toContain("Ruang penuh (12/12).");
  expect(find<HTMLInputElement>(id("person-name")).value).toBe("Budi");
});

test("one tap lets an expected person in", async () => {
  await show();
  await click('[data-expected="Sunggono"] button');
  expect(server.sent).toMatchObject([
    { type: "attendance.enter", name: "Sunggono", institution: "Sekretariat Daerah", role: "Pendamping" },
  ]);
});

test("who left is offered back for a while, and later in the list", async () => {
  await show();
  await click(`[data-person="person-0001"] ${id("person-leave")}`);
  expect(find(id("undo-bar")).textContent).toContain("Edi Damansyah dicatat keluar.");
  await click(id("undo-person"));
  await click(`[data-person="person-0009"] ${id("person-keep")}`);
  await click(`[data-person="person-0009"] ${id("person-again")}`);
  expect(server.sent).toMatchObject([
    { type: "attendance.leave", person: "person-0001" },
    { type: "attendance.keep", person: "person-0001" },
    { type: "attendance.keep", person: "person-0009" },
    { type: "attendance.enter", person: "person-0009", name: "Rahmat Hidayat" },
  ]);
});

test("a name is put right in its place; to strike it is asked again, and that can be undone", async () => {
  await show();
  await click(`[data-person="person-0002"] ${id("person-edit")}`);
  await type(id("person-name"), "Rendi S.");
  await submit("edit-form");
  expect(server.sent).toMatchObject([
    { type: "attendance.correct", person: "person-0002", name: "Rendi S.", role: "Pasangan calon" },
  ]);
  await click(`[data-person="person-0002"] ${id("person-edit")}`);
  await click(id("strike"));
  expect(server.sent).toHaveLength(1);
  await click(id("strike-yes"));
  await click(id("undo-person"));
  expect(server.sent.slice(1)).toMatchObject([
    { type: "attendance.strike", person: "person-0002" },
    { type: "attendance.enter", person: "person-0002", ago_ms: 58 * 60_000 },
  ]);
});

test("without a link it is noted and sent later", async () => {
  link.value = { state: "waiting" };
  await show();
  await click(id("person-add"));
  await type(id("person-name"), "Citra");
  await submit("enter-form");
  expect(server.sent).toEqual([]);
  expect(place.textContent).toContain("Citra dicatat, dikirim nanti.");
  expect(find('[data-part="present"] li:last-child').textContent).toContain("dikirim nanti");
  server.refuse = { code: "room_full", text: { id: "Ruang penuh (12/12).", en: "" }, uncertain: false };
  await settle(() => (link.value = { state: "open" }));
  expect(find('[data-part="refused"]').textContent).toContain("Citra: masukRuang penuh (12/12).");
  await click(id("refused-drop"));
  expect(place.querySelector('[data-part="refused"]')).toBeNull();
});

test("a search finds, or says that nobody is found", async () => {
  await show();
  await type(id("person-find"), "kodim");
  expect([...place.querySelectorAll("[data-person]")].map((one) => one.textContent)).toHaveLength(1);
  await type(id("person-find"), "zzz");
  expect(place.textContent).toContain('Tidak ada yang cocok dengan "zzz".');
});
