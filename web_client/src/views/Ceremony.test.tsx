// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { calledView, pactView, runningView, saidView } from "../../fixture/ceremony";
import { drawnView, NOW, withConference, withRoom } from "../../fixture/view";
import { forgetSteps } from "../ceremony/edits";
import { stuck } from "../control/stuck";
import { lang } from "../i18n";
import type { CommandBody, View } from "../protocol";
import { away, clock, notice, view } from "../store";
import { device, line } from "../testing/views";
import { ControlRoom } from "./ControlRoom";
import { draft } from "./MessagesPanel";

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

vi.mock("../course/StripChart", () => ({ StripChart: () => null })); // it draws on a canvas

let place: HTMLElement;

beforeEach(() => {
  globalThis.fetch = async () => new Response("", { status: 404 });
  wire.sent.length = 0;
  wire.refuse = null;
  stuck.value = null;
  draft.value = { text: "", room: "" };
  forgetSteps();
  lang.value = "id";
  clock.value = NOW;
  away.value = false;
  place = document.body.appendChild(document.createElement("div"));
});

afterEach(() => {
  render(null, place);
  place.remove();
});

const running = (): View => runningView(drawnView());

async function show(seen: View): Promise<void> {
  await act(() => {
    view.value = seen;
    render(<ControlRoom />, place);
  });
}

async function press(key: string, more: KeyboardEventInit = {}): Promise<void> {
  await act(() => {
    const target = document.activeElement ?? document.body;
    target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
  });
}

function find(selector: string): HTMLElement {
  const found = place.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`nothing matches ${selector}`);
  return found;
}

async function click(selector: string): Promise<void> {
  await act(async () => {
    find(selector).click();
    await answered();
  });
}

async function type(selector: string, text: string): Promise<void> {
  await act(() => {
    const field = find(selector) as HTMLInputElement;
    field.value = text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

/** Until what is sent has been answered, too. */
async function submit(selector: string): Promise<void> {
  await act(async () => {
    find(selector).dispatchEvent(new Event("submit", { cancelable: true, bubbles: true }));
    await answered();
  });
}

const answered = (): Promise<void> => new Promise((done) => setTimeout(done));

async function at(ms: number): Promise<void> {
  await act(() => {
    clock.value = ms;
  });
}

const by = (name: string) => `[data-testid="${name}"]`;
const said = (name: string) => find(by(name)).textContent;
const row = (id: string) => `[data-row="${id}"]`;

test("the top line and the panel say which item is on, what is left, and how far behind", async () => {
  await show(running());
  expect(said("item-number")).toBe("item 3/15");
  expect(said("item-left")).toBe("sisa 02:10");
  expect(said("behind")).toBe("Mundur 01:50 dari rencana");
  expect(said("rundown-foot")).toContain("Selesai kira-kira 10:01 WITA");
  expect(said("primary")).toContain("Lanjut: Mahakam UluItem 4: tampil, mikrofon dibuka, 03:00");
  expect(find('[data-item="i1"]').textContent).toContain("04:48");
  expect(find('[aria-current="step"]').textContent).toContain("Pernyataan Kutai Timur");
});

test("an item that overruns turns amber, then red", async () => {
  await show(running());
  await at(NOW + 140_000);
  expect(find(by("item-left")).dataset.tone).toBe("amber");
  expect(said("item-left")).toBe("lewat 00:10");
  await at(NOW + 180_000);
  expect(find(by("item-left")).dataset.tone).toBe("red");
});

test("space begins the next item once, however often it is struck; Z takes the step back", async () => {
  await show(running());
  await press(" ");
  await show(runningView(drawnView(), { current: "i4", undo_until: NOW + 9_000 }));
  await press(" ");
  expect(wire.sent).toEqual([{ type: "rundown.advance", current: "i3" }]);
  expect(said("undo")).toContain("Urungkan 9 s");
  await press("z");
  expect(wire.sent.at(-1)).toEqual({ type: "rundown.undo" });
});

test("a refused step says why, with the acts that help, until it is settled", async () => {
  const text = { id: "Ruang itu belum hadir.", en: "That room is not here." };
  const gone = withRoom(running(), "64.11", { presence: "absent", main: null });
  await show(gone);
  expect(said("primary")).toContain("Item 4: ruang belum hadir, lewati dengan X");
  wire.refuse = { code: "room_absent", text, uncertain: false };
  await press(" ");
  expect(said("stuck")).toContain("Ruang itu belum hadir.");
  wire.refuse = null;
  await click(by("stuck-skip"));
  expect(wire.sent.at(-1)).toEqual({ type: "rundown.skip", item: "i4", on: true });
  expect(place.querySelector(by("stuck"))).toBeNull();
});

test("another moderator was quicker: the sentence, and the way to the rundown", async () => {
  await show(running());
  await press("e");
  wire.refuse = { code: "rundown_moved", text: { id: "Moderator lain sudah melanjutkan.", en: "" }, uncertain: false };
  await press(" ");
  expect(said("stuck")).toContain("Moderator lain sudah melanjutkan.");
  await click(by("stuck-look"));
  expect(find("#tab-rundown").getAttribute("aria-selected")).toBe("true");
});

test("X skips the next item, J stops the time, both from anywhere", async () => {
  await show(running());
  for (const key of ["x", "j"]) await press(key);
  expect(wire.sent).toEqual([
    { type: "rundown.skip", item: "i4", on: true },
    { type: "rundown.pause", on: true },
  ]);
  await show(runningView(drawnView(), { paused_at: NOW - 5_000 }));
  expect(said("item-left")).toBe("dijeda 02:15");
  await click(by("pause"));
  expect(wire.sent.at(-1)).toEqual({ type: "rundown.pause", on: false });
});

test("an opened item is run, skipped, moved by button and by Alt and arrow, and deleted", async () => {
  await show(running());
  await click(row("i6"));
  await click(by("item-go"));
  expect(wire.sent).toEqual([{ type: "rundown.advance", current: "i3", item: "i6" }]);
  await click(by("item-up"));
  const order = (): string[] => (wire.sent.at(-1) as { items: { id: string }[] }).items.map((one) => one.id);
  expect(order().slice(3, 6)).toEqual(["i4", "i6", "i5"]);
  find(row("i6")).focus();
  await press("ArrowDown", { altKey: true });
  expect(order().slice(4, 7)).toEqual(["i5", "i7", "i6"]);
  await press("ArrowUp");
  expect(document.activeElement).toBe(find(row("i5")));
  await click(by("item-remove"));
  expect(wire.sent).toHaveLength(3);
  await click(by("remove-yes"));
  expect(order()).not.toContain("i6");
  expect(order()).toHaveLength(14);
});

test("what ran is not moved, run again or deleted", async () => {
  await show(running());
  await click(row("i1"));
  for (const name of ["item-go", "item-up", "item-down", "item-remove"]) {
    expect(find(by(name)).getAttribute("aria-disabled")).toBe("true");
  }
  expect(place.querySelector(by("item-skip"))).toBeNull();
});

test("an edit is saved on top of what the others did; the same item changed meanwhile is shown first", async () => {
  await show(running());
  await click(row("i5"));
  await click(by("item-edit"));
  await type('[data-testid="item-dialog"] [data-testid="item-title"]', "Pernyataan Bupati Paser");
  await type(by("item-length"), "tiga");
  await submit(".item-form");
  expect(find(".item-form").textContent).toContain("Isi lamanya");
  await type(by("item-length"), "4");
  const theirs = running();
  const items = theirs.rundown.items.map((item) => (item.id === "i5" ? { ...item, planned_s: 120 } : item));
  await show({ ...theirs, rundown: { items, version: 4 } });
  await submit(".item-form");
  expect(wire.sent).toEqual([]);
  expect(find(".item-form").textContent).toContain("Sekarang: Pernyataan Paser · 02:00 · Paser");
  await submit(".item-form");
  const edit = wire.sent[0] as { version: number; items: { id: string; title: string; planned_s: number }[] };
  expect(edit.version).toBe(4);
  expect(edit.items.find((item) => item.id === "i5")).toMatchObject({ title: "Pernyataan Bupati Paser", planned_s: 240 });
  expect(place.querySelector(by("item-dialog"))).toBeNull();
});

test("a refused edit keeps what was typed, and a taken one can be taken back", async () => {
  await show(running());
  await click(by("item-add"));
  await type('[data-testid="item-dialog"] [data-testid="item-title"]', "Doa bersama");
  await type(by("item-length"), "2:30");
  wire.refuse = { code: "rundown_edited", text: { id: "Rundown baru saja diubah.", en: "" }, uncertain: false };
  await submit(".item-form");
  expect(find(".item-form").textContent).toContain("Rundown baru saja diubah.");
  expect((find('[data-testid="item-dialog"] [data-testid="item-title"]') as HTMLInputElement).value).toBe("Doa bersama");
  wire.refuse = null;
  await submit(".item-form");
  const { items } = wire.sent.at(-1) as { items: View["rundown"]["items"] };
  expect(items.at(-1)).toMatchObject({ title: "Doa bersama", planned_s: 150, room: null });
  await show({ ...running(), rundown: { items, version: 4 } });
  await click(by("edit-undo"));
  expect(wire.sent.at(-1)).toMatchObject({ version: 4, items: running().rundown.items });
});

test("an import tells its mistakes by line, and then takes the place of what has not run", async () => {
  await show(running());
  await click(by("rundown-import"));
  const choose = async (text: string): Promise<void> => {
    const field = find(by("rundown-file")) as HTMLInputElement;
    Object.defineProperty(field, "files", { value: [new File([text], "rundown.csv")], configurable: true });
    await act(async () => {
      field.dispatchEvent(new Event("change", { bubbles: true }));
      await new Promise((read) => setTimeout(read, 20));
    });
  };
  await choose("title,minutes,room\nDoa,3,Bandung\n");
  expect(said("rundown-read")).toContain('Baris 2: ruang "Bandung" tidak ada dalam konferensi ini');
  expect(place.querySelector(by("import-replace"))).toBeNull();
  await choose("title,minutes,room\nDoa,3,\nPernyataan,2:30,Paser\n");
  expect(said("rundown-read")).toBe("2 item terbaca.");
  await click(by("import-replace"));
  const { items } = wire.sent[0] as { items: View["rundown"]["items"] };
  expect(items.map((item) => item.title).slice(3)).toEqual(["Doa", "Pernyataan"]);
  expect(items).toHaveLength(5);
});

test("on the roll call a digit marks the room, elsewhere it opens it", async () => {
  await show(running());
  await press("h");
  await press("5");
  await press("2");
  expect(wire.sent).toEqual([
    { type: "roll.mark", room: "64.09", status: "absent" },
    { type: "roll.mark", room: "64.11", status: "present" },
  ]);
  await press("d");
  await press("2");
  expect(find("[data-pane]").dataset.pane).toBe("64.11");
});

test("the roll lists who is absent; a mark is changed, taken away, and all proposals are taken", async () => {
  await show(calledView(running()));
  await press("h");
  expect(said("absentees")).toBe("Tidak hadir: Penajam Paser Utara");
  expect(find('[data-roll="64.03"]').textContent).toContain("usulan: Hadir");
  await click('[data-roll="64.72"] .row');
  expect(find('[data-roll="64.72"]').textContent).toContain("masuk sendiri");
  await click(by("roll-late"));
  await click(by("roll-excused"));
  await click(by("roll-take"));
  expect(wire.sent).toEqual([
    { type: "roll.mark", room: "64.72", status: null },
    { type: "roll.mark", room: "64.72", status: "excused" },
    { type: "roll.take" },
  ]);
});

test("a message is written, sent once, followed and withdrawn; what is typed outlives the panel", async () => {
  await show(saidView(running()));
  await press("o");
  await submit(".compose");
  expect(find(".compose").textContent).toContain("Tulis pesannya dahulu.");
  await type(".compose input", "Mohon hening");
  await click("#tab-events");
  await click("#tab-messages");
  wire.refuse = { code: "busy", text: { id: "Sibuk.", en: "" }, uncertain: true };
  await submit(".compose");
  wire.refuse = null;
  await submit(".compose");
  const [first, second] = wire.sent as { cue: string }[];
  expect(second).toMatchObject({ type: "cue.send", text: "Mohon hening", room: null });
  expect(second?.cue).toBe(first?.cue);
  expect((find(".compose input") as HTMLInputElement).value).toBe("");
  expect(find('[data-cue="cue-0002"]').textContent).toContain("7/10 ruang sudah membaca");
  expect(find('[data-cue="cue-0002"]').textContent).toContain("Belum: PPU, Berau, Kukar");
  await click('[data-cue="cue-0002"] [data-testid="cue-withdraw"]');
  expect(wire.sent.at(-1)).toEqual({ type: "cue.withdraw", cue: "cue-0002" });
});

test("the field of the messages has the focus once it is asked for, not when a room is closed", async () => {
  await show(running());
  await press("o");
  expect(document.activeElement).toBe(find(".compose input"));
  await click(".tile");
  await press("Escape");
  expect(find("#panel-messages")).toBeTruthy();
  expect(document.activeElement).toBe(find(".tile"));
  await press("i");
  expect(find("#panel-pact")).toBeTruthy();
  await press("o");
  expect(document.activeElement).toBe(find(".compose input"));
});

test("without a microphone nobody is announced to, and the page says why", async () => {
  await show(running());
  await press("u");
  expect(wire.sent).toEqual([]);
  expect(notice.value?.id).toContain("Mikrofon tidak dapat dipakai");
});

test("a room is written to where it is on air, and says who else is in touch with it", async () => {
  const seen = running();
  const [hall] = seen.rooms.filter((room) => !room.hub);
  if (!hall) throw new Error("no hall");
  const here = { devices: [device("d1")] };
  const floor = withConference(withRoom(seen, hall.code, here), { floor: hall.code });
  await show(floor);
  await press("1");
  await press("f");
  expect(wire.sent).toMatchObject([{ type: "line.call", room: hall.code, voice: false }]);
  await show(withRoom(floor, hall.code, { ...here, line: line() }));
  expect(find(by("pane-call")).title).toContain("orang lain");
});

test("a hall's call for help is seen to; hands change their places", async () => {
  await show(saidView(running()));
  await press("e");
  expect(find('[data-task="help"]').textContent).toContain("Kutai Barat: memanggil bantuan");
  await click(by("help-done"));
  await click('[data-task-room="64.02"] [data-testid="hand-up"]');
  expect(wire.sent).toEqual([
    { type: "help.answer", room: "64.07" },
    { type: "hand.move", room: "64.02", place: 1 },
  ]);
});

test("all goes black only when it is meant, and comes back at once", async () => {
  await show(running());
  await press("b");
  expect(wire.sent).toEqual([]);
  await click(by("black-yes"));
  await show(withConference(running(), { black: true }));
  expect(said("shown")).toContain("Hanya pusat yang terlihat dan terdengar");
  expect(find(by("programme")).dataset.air).toBe("64");
  await press("b");
  expect(wire.sent).toEqual([
    { type: "spotlight.black", on: true },
    { type: "spotlight.black", on: false },
  ]);
});

test("the opened room goes beside the one on air, or is pinned; both are named and taken back", async () => {
  await show(running());
  await press("6");
  await press("g");
  await press("v");
  expect(wire.sent).toEqual([
    { type: "spotlight.beside", room: "64.74" },
    { type: "spotlight.pin", room: "64.74" },
  ]);
  await show(withConference(running(), { beside: "64.74" }));
  expect(find(by("programme")).dataset.beside).toBe("64.74");
  expect(find('.tile[data-room="64.74"]').className).toContain("is-air");
  await click(by("shown-beside"));
  await show(withConference(running(), { pinned: "64.72" }));
  expect(find('.tile[data-room="64.72"]').textContent).toContain("disematkan untuk semua");
  await click(by("shown-pin"));
  expect(wire.sent.slice(2)).toEqual([
    { type: "spotlight.beside", room: null },
    { type: "spotlight.pin", room: null },
  ]);
});

test("the pact's board: points shown, signing closed, a signature struck out with a reason only", async () => {
  await show(pactView(running()));
  await press("i");
  expect(said("pact-board")).toBe("2/6 ruang sudah menandatangani");
  await click(by("point-3"));
  await click(by("point-2"));
  await click(by("pact-open"));
  expect(find('[data-pact-room="64.74"]').dataset.signState).toBe("unready");
  expect(find(by("pact-edit")).getAttribute("aria-disabled")).toBe("true");
  await click('[data-pact-room="64.08"] .row');
  await click(by("pact-strike"));
  await submit("dialog form");
  expect(find("dialog").textContent).toContain("Isi alasannya");
  await type(by("strike-reason"), "Salah orang");
  await submit("dialog form");
  expect(wire.sent).toEqual([
    { type: "pact.show", point: 3 },
    { type: "pact.show", point: 0 },
    { type: "pact.open", on: false },
    { type: "pact.strike", room: "64.08", signature: "sig-64.08", reason: "Salah orang" },
  ]);
});

test("at the desk it is seen what was struck out, and who signs for a hall is entered", async () => {
  await show(pactView(running()));
  await press("i");
  expect(said("pact-struck")).toContain("Tanda tangan yang dicoret (1)");
  for (const words of ["Drs. Ahmad Fauzi, M.Si.", "Kutai Kartanegara", "dicoret Rini Astuti", "Ditandatangani orang lain"]) {
    expect(said("pact-struck")).toContain(words);
  }
  await click('[data-pact-room="64.11"] .row');
  expect(find('[data-pact-room="64.11"]').textContent).toContain("lewat papan ketik");
  await click('[data-pact-room="64.74"] .row');
  const hall = '[data-pact-room="64.74"] ';
  await click(hall + by("signatory-add"));
  await type(by("signatory-name"), "Siti Aminah");
  await click(by("signatory-save"));
  await click(hall + by("witness-add"));
  await type(by("witness-name"), "Dewi");
  await click(by("witness-save"));
  await click(hall + by("signatory-edit"));
  await click(by("signatory-remove"));
  const [named, witnessed, removed] = wire.sent as Record<string, unknown>[];
  expect(named).toMatchObject({ type: "pact.name", room: "64.74", name: "Siti Aminah", ready: false });
  expect(witnessed).toMatchObject({ type: "pact.witnesses", room: "64.74" });
  expect((witnessed?.witnesses as unknown[]).at(-1)).toEqual({ name: "Dewi", office: "" });
  expect(removed).toEqual({ type: "pact.unname", room: "64.74", person: "s-64.74" });
});

test("without a pact its text is written; without a rundown the order of the rooms stands there", async () => {
  await show(drawnView());
  expect(find(".rundown").textContent).toContain("Belum ada rundown.");
  expect(place.querySelectorAll(".rd li")).toHaveLength(10);
  await press("i");
  await click(by("pact-write"));
  await submit(".item-form");
  expect(find(".item-form").textContent).toContain("Isi 1 sampai 40 butir");
  await type(by("pact-title"), "Pakta");
  await type(by("pact-points"), "1. Jujur.\n\n2. Adil.");
  await submit(".item-form");
  expect(wire.sent).toEqual([
    { type: "pact.edit", document: { title: "Pakta", preamble: "", points: ["Jujur.", "Adil."], closing: "" } },
  ]);
});

test("the list of keys is a key away, in the language that is spoken", async () => {
  await show(running());
  await press("?");
  expect(said("keys-dialog")).toContain("Lewati item berikutnya");
  await act(() => {
    lang.value = "en";
  });
  expect(said("keys-dialog")).toContain("Skip the next item");
});
