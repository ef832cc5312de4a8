// @vitest-environment happy-dom
import { type ComponentChild, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BEFORE, setTrials } from "../../../fixture/trials";
import { drawnView, withConference } from "../../../fixture/view";
import { wall } from "../../control/state";
import { lang } from "../../i18n";
import type { CommandBody, RunView, SweepRoomView, View } from "../../protocol";
import { clock, view } from "../../store";
import { links } from "../../trial/desk";
import type { TrialRow } from "../../trial/http";
import { runs, stations, sweep, trialPicture } from "../../trial/state";
import { Test } from "../Test";
import { copyText } from "./CopyText";
import { GoHead } from "./GoHead";
import { History } from "./History";
import { LiveAsk } from "./LiveAsk";
import { Reports } from "./Reports";
import { CopyLinks, NoStation } from "./TestLink";

const sent = vi.hoisted(() => [] as unknown[]);

vi.mock("../../store", async (original) => ({
  ...(await original<typeof import("../../store")>()),
  command: async (body: CommandBody) => {
    sent.push(body);
    return { type: "trial.started", run: "new" };
  },
}));

vi.mock("./Chart", () => ({ Chart: () => null })); // it draws on a canvas

let place: HTMLElement;
const realFetch = globalThis.fetch;

beforeEach(() => {
  sent.length = 0;
  lang.value = "id";
  clock.value = BEFORE;
  links.value = null;
  trialPicture.value = null;
  place = document.body.appendChild(document.createElement("div"));
});

afterEach(() => {
  render(null, place);
  place.remove();
  globalThis.fetch = realFetch;
  vi.restoreAllMocks();
  Reflect.deleteProperty(navigator, "clipboard");
});

function lobby(): View {
  return withConference(drawnView(), { phase: "lobby", floor: null, next: null });
}

const show = (page: ComponentChild) => act(() => render(page, place));

/** Lets answers come and be drawn. */
const settle = () => act(() => new Promise<void>((done) => setTimeout(done, 10)));

const there = (selector: string) => place.querySelector<HTMLElement>(selector);

function find(selector: string): HTMLElement {
  const found = there(selector);
  if (!found) throw new Error(`no ${selector}`);
  return found;
}

async function click(selector: string): Promise<void> {
  await act(() => find(selector).click());
  await settle();
}

const words = (selector: string) => find(selector).textContent?.replace(/\s+/g, " ").trim();

function setClipboard(clipboard: Partial<Clipboard> | undefined): void {
  Object.defineProperty(navigator, "clipboard", { configurable: true, value: clipboard });
}

const refusing: Partial<Clipboard> = {
  writeText: () => Promise.reject(new DOMException("no", "NotAllowedError")),
};

test("the last page that opens does not begin the sweep that is still asked about", async () => {
  const seen = setTrials(lobby(), "technician", "nostation");
  const known = stations.value;
  view.value = seen;
  await show(<GoHead rooms={wall(seen.rooms)} seen={seen} asking ask={() => undefined} />);
  expect(words(".dialog h2")).toBe("Uji serentak tanpa 3 ruang?");
  await act(() => {
    stations.value = wall(seen.rooms).map((room) => ({ ...known[0]!, room: room.code }));
  });
  expect(sent).toEqual([]);
  expect(words(".dialog h2")).toBe("Uji semua ruang?");
  expect(there("[data-testid=copy-link]")).toBeNull();
  await click("[data-testid=sweep-yes]");
  expect(sent).toEqual([{ type: "trial.sweep" }]);
});

test("with a page open in every room the sweep begins without a question", async () => {
  const seen = setTrials(lobby(), "technician", "waiting");
  view.value = seen;
  await show(<GoHead rooms={wall(seen.rooms)} seen={seen} asking ask={() => undefined} />);
  expect(sent).toEqual([{ type: "trial.sweep" }]);
});

test("a session that ends does not take away the question whether to test all the same", async () => {
  const yes = vi.fn();
  view.value = drawnView();
  await show(<LiveAsk onYes={yes} onClose={() => undefined} />);
  await act(() => {
    view.value = withConference(drawnView(), { phase: "closed" });
  });
  expect(yes).not.toHaveBeenCalled();
  await click("[data-testid=live-yes]");
  expect(yes).toHaveBeenCalledWith(true);
});

test("a cell of the sweep says what its colour says", async () => {
  const seen = setTrials(lobby(), "technician", "sweep");
  const cell = (room: string, changes: Partial<SweepRoomView>): SweepRoomView => ({
    room,
    state: "done",
    run: null,
    verdict: null,
    together: null,
    together_verdict: null,
    why: null,
    ...changes,
  });
  if (sweep.value) {
    const rooms = [
      cell("64.01", { state: "running" }),
      cell("64.08", { verdict: "pass", together_verdict: "fail" }),
      cell("64.74", { verdict: "warn", together_verdict: "pass" }),
      cell("64.02", {}),
    ];
    sweep.value = { ...sweep.value, rooms };
  }
  await show(<GoHead rooms={wall(seen.rooms)} seen={seen} asking={false} ask={() => undefined} />);
  const said = [...place.querySelectorAll(".cells li")].map((one) => `${one.className}: ${one.getAttribute("title")}`);
  expect(said).toEqual([
    "cur: Paser: Sedang diuji",
    "bad: Kutai Timur: Gagal",
    "warn: Bontang: Peringatan",
    ": Kutai Kartanegara: selesai",
  ]);
});

function row(n: number, changes: Partial<TrialRow> = {}): TrialRow {
  return {
    id: `r${n}`,
    room: "64.08",
    kind: "full",
    state: "done",
    verdict: "pass",
    profile: "720p",
    started_at: BEFORE - n * 60_000,
    ended_at: null,
    by: "Teknisi 1",
    sweep: "",
    together: false,
    damaged: false,
    hash: "",
    figures: {},
    ...changes,
  };
}

/** Answers with these pages, one after the other; null: the network is away. Gives what was asked. */
function answerWith(pages: (unknown[] | null)[]): string[] {
  const asked: string[] = [];
  globalThis.fetch = async (url) => {
    const page = pages[asked.push(String(url)) - 1];
    await new Promise((done) => setTimeout(done)); // never before the page was drawn
    if (!page) throw new TypeError("network");
    return Response.json(page);
  };
  return asked;
}

test("the same older runs are not fetched twice, and a failure can be tried again", async () => {
  const seen = lobby();
  const page = (from: number) => Array.from({ length: 20 }, (_, i) => row(from + i));
  const asked = answerWith([page(0), page(20), null, page(40).slice(0, 3)]);
  await show(<History room={seen.rooms[1]!} seen={seen} />);
  await settle();
  const more = "[data-testid=history-more]";
  await act(() => find(more).click());
  expect(words(".history > [role=status]")).toBe("Memuat riwayat...");
  expect(find(more).getAttribute("aria-disabled")).toBe("true");
  await click(more);
  expect(asked).toHaveLength(2);
  expect(place.querySelectorAll("[data-run]")).toHaveLength(40);
  await click(more);
  expect(words(more)).toBe("Coba lagi");
  await act(() => find(more).click());
  expect(words(".history > [role=status]")).toBe("Memuat riwayat...");
  await settle();
  expect(place.querySelectorAll("[data-run]")).toHaveLength(43);
  expect(there(more)).toBeNull();
});

test("a run without a verdict is called by how it ended", async () => {
  const seen = lobby();
  const without = (n: number, state: TrialRow["state"]) => row(n, { state, verdict: null, profile: null });
  const rows = [without(1, "running"), without(2, "broken"), without(3, "stopped")];
  answerWith([[...rows, row(4, { profile: "none" })]]);
  await show(<History room={seen.rooms[1]!} seen={seen} />);
  await settle();
  expect(words("[data-run=r1]")).toContain("Sedang diuji");
  expect(words("[data-run=r2]")).toContain("Tidak selesai");
  expect(words("[data-run=r3]")).toContain("Dihentikan");
  expect(words("[data-run=r4] .push")).toBe("tidak ada");
});

test("links are being fetched, then known; after a failure they are fetched again", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const [, first, second] = lobby().rooms;
  if (!first || !second) throw new Error("no rooms");
  const url = "https://vicon.example/uji#1";
  const asked = answerWith([null, null, [{ room: second.code, url }]]);
  await show(<NoStation room={first} open />);
  expect(words(".nostation .muted")).toBe("Memuat...");
  await settle();
  expect(words(".nostation .muted")).toContain("tidak dapat diambil");
  await show(<NoStation room={second} open />);
  await settle();
  expect(asked).toHaveLength(2);
  await click("[data-testid=links-retry]");
  expect(find(".nostation input")).toHaveProperty("value", url);
  expect(there("[data-testid=links-retry]")).toBeNull();
});

test("without a clipboard the links stand there to be selected", async () => {
  const room = lobby().rooms[1]!;
  links.value = { [room.code]: "https://vicon.example/uji#1" };
  setClipboard(undefined);
  await show(<CopyLinks rooms={[room]} />);
  expect(there("[data-testid=by-hand]")).toBeNull();
  await click("[data-testid=copy-link]");
  expect(words(".copy [role=status]")).toContain("tidak mengizinkan menyalin");
  expect(find("[data-testid=by-hand]")).toHaveProperty("value", `${room.title}: https://vicon.example/uji#1`);
});

test("a report that may not be copied is shown", async () => {
  globalThis.fetch = () => Promise.resolve(new Response("Uji coba: Kutai Timur"));
  setClipboard(refusing);
  await show(<Reports run={{ id: "r", state: "done" } as RunView} />);
  await click("[data-testid=report-copy]");
  expect(words(".dialog p")).toContain("tidak mengizinkan menyalin");
  expect(find("[data-testid=by-hand]")).toHaveProperty("value", "Uji coba: Kutai Timur");
});

test("what did not come is the trouble, not the clipboard", async () => {
  setClipboard(refusing);
  expect(await copyText("x")).toBe("x");
  await expect(copyText(Promise.reject(new TypeError("network")))).rejects.toThrow("network");
  setClipboard({ writeText: () => Promise.resolve() });
  expect(await copyText("x")).toBeNull();
});

test("while the browser asks for the camera the test page says to allow it", async () => {
  const seen = setTrials(lobby(), "test", "asking");
  const you = { ...seen.you, role: "tester" as const, room: "64.09" };
  view.value = { ...seen, you };
  await show(<Test seen={view.value} />);
  expect(words(".head .big")).toBe("Tekan Izinkan saat peramban meminta kamera dan mikrofon.");
  expect(there("[data-step=devices] .lv")).toBeNull();
  await act(() => {
    const run = runs.value.now;
    if (run) runs.value = { now: { ...run, microphone: -32 } };
  });
  expect(words(".head .big")).toBe("Tetap di halaman ini sampai uji selesai.");
  expect(words("[data-step=devices] .lv")).toBe("Mikrofon sekarang");
});
