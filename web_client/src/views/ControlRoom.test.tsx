// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { countCourse } from "../../fixture/counts";
import { device, drawnView, NOW, withConference, withRoom } from "../../fixture/view";
import { setFigures, setOwnLine } from "../../fixture/measured";
import { lang } from "../i18n";
import { forgetMeasured } from "../measured";
import { streams } from "../media";
import type { CommandBody, FallbackView, View } from "../protocol";
import { away, clock, view } from "../store";
import { ControlRoom } from "./ControlRoom";

const sent = vi.hoisted(() => [] as unknown[]);

vi.mock("../store", async (original) => ({
  ...(await original<typeof import("../store")>()),
  command: async (body: CommandBody) => {
    sent.push(body);
    return null;
  },
  quietCommand: async (body: CommandBody) => {
    sent.push(body);
    return null;
  },
}));

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
  sent.length = 0;
  lang.value = "id";
  clock.value = NOW;
  away.value = false;
  streams.value = {};
  forgetMeasured();
  place = document.body.appendChild(document.createElement("div"));
});

afterEach(() => {
  render(null, place);
  place.remove();
});

async function show(seen: View): Promise<void> {
  await act(() => {
    view.value = seen;
    render(<ControlRoom />, place);
  });
}

async function press(key: string): Promise<void> {
  await act(() => {
    const target = document.activeElement ?? document.body;
    target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  });
}

async function submit(): Promise<void> {
  await act(() => {
    find(".allow").dispatchEvent(new Event("submit", { cancelable: true }));
  });
}

async function click(selector: string): Promise<void> {
  await act(() => find(selector).click());
}

function find(selector: string): HTMLElement {
  const found = place.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`nothing matches ${selector}`);
  return found;
}

const tile = (code: string) => find(`.tile[data-room="${code}"]`);

test("ten tiles in the order of the floor carry room, count and state", async () => {
  await show(drawnView());
  const tiles = [...place.querySelectorAll<HTMLElement>(".tile")];
  expect(tiles.map((one) => one.dataset.room)).toEqual(drawnView().conference.floor_order);
  expect(tile("64.08").dataset).toMatchObject({ count: "11", countState: "near", state: "air" });
  expect(tile("64.09").getAttribute("data-count")).toBe("");
  expect(tile("64.09").dataset.state).toBe("absent");
  expect(tile("64.01").textContent).toContain("13/12 lebih 1");
  expect(tile("64.03").textContent).toContain("Terputus 00:12");
  expect(tile("64.08").className).toContain("is-air");
  expect(tile("64.11").className).toContain("is-next");
});

test("space gives the floor to the room that the button names", async () => {
  await show(drawnView());
  expect(find('[data-testid="primary"]').textContent).toContain("Lanjut: Mahakam Ulu");
  await press(" ");
  expect(sent).toEqual([{ type: "floor.give", room: "64.11" }]);
});

test("a hand that strikes twice gives the floor once", async () => {
  await show(drawnView());
  await press(" ");
  await show(withConference(drawnView(), { floor: "64.11", next: "64.01" }));
  await press(" ");
  expect(sent).toHaveLength(1);
});

test("in the lobby space does not start the session, the button does", async () => {
  await show(withConference(drawnView(), { phase: "lobby" }));
  await press(" ");
  expect(sent).toEqual([]);
  await click('[data-testid="primary"]');
  expect(sent).toEqual([{ type: "phase.set", phase: "live" }]);
});

test("undo is open for its seconds only", async () => {
  await show(drawnView());
  await press("z");
  expect(sent).toEqual([]);
  await show(withConference(drawnView(), { undo_until: NOW + 7_000 }));
  expect(find('[data-testid="undo"]').textContent).toContain("Urungkan 7 s");
  await press("z");
  expect(sent).toEqual([{ type: "floor.undo" }]);
});

test("M mutes all, K turns the lock, P brings the hub back", async () => {
  await show(drawnView());
  for (const key of ["m", "k", "p"]) await press(key);
  expect(sent).toEqual([
    { type: "mic.mute_all" },
    { type: "mic.lock", on: false },
    { type: "floor.take" },
  ]);
});

test("a key opens the room, Escape closes it and the focus is back on its tile", async () => {
  await show(drawnView());
  await press("3");
  expect(find("[data-pane]").dataset.pane).toBe("64.01");
  expect(document.activeElement?.textContent).toBe("Kabupaten Paser");
  await press("Escape");
  expect(place.querySelector("[data-pane]")).toBeNull();
  expect(document.activeElement).toBe(tile("64.01"));
});

test("more persons are allowed with a reason only, and keys rest while it is typed", async () => {
  await show(drawnView());
  await click('.tile[data-room="64.01"]');
  await click('[data-testid="allow-more"]');
  await press("m");
  await submit();
  expect(place.textContent).toContain("Isi alasannya");
  expect(sent).toEqual([]);
  await act(() => {
    const reason = find(".allow .field:nth-child(2) input") as HTMLInputElement;
    reason.value = "Tim medis";
    reason.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await submit();
  expect(sent).toEqual([
    { type: "count.allow", room: "64.01", limit: 13, reason: "Tim medis" },
  ]);
});

test("the tab counts what waits for an act, and its buttons settle it", async () => {
  const waiting = device("d9", { waiting: true, label: "Ponsel Ani" });
  await show(withRoom(drawnView(), "64.07", { devices: [waiting] }));
  expect(find('[data-testid="urgent"]').textContent).toContain("5 perlu ditangani");
  await click("#tab-events");
  expect(find('[data-task="waiting"]').textContent).toContain("Kutai Barat: Ponsel Ani minta masuk");
  await click('[data-task="waiting"] button');
  await click('[data-task="hand"] button');
  expect(sent).toEqual([
    { type: "device.admit", device: "d9" },
    { type: "floor.give", room: "64.74" },
  ]);
});

test("the pane has the room's figures, with units, and says so where there are none", async () => {
  const seen = drawnView();
  setFigures(seen, NOW);
  await show(seen);
  await click('.tile[data-room="64.08"]');
  const row = (name: string) => find(`[data-figure="${name}"]`).textContent;
  expect(row("rate")).toBe("Laju2.084 kbit/s2.410 kbit/s");
  expect(row("capacity")).toBe("Perkiraan daya muat–4.120 kbit/s");
  expect(row("lost")).toBe("Paket hilang0,4 %0,4 %");
  expect(row("rtt")).toBe("Waktu bolak-balik38 ms38 ms");
  expect(row("limit")).toBe("Batas jalurtidak adatidak ada");
  expect(find('[data-stream="f.1"]').textContent).toBe("720p1.5060,53034");
  expect(find('[data-stream="64.11"]').textContent).toBe("Mahulu720p1.4800,22912×, 1,3 s");
  expect(find('[data-stream="64.74"]').textContent).toContain("dijeda, jalur sempit");
  expect(find('.measured [data-stream="audio"]').textContent).toContain("34");
  await act(() => {
    lang.value = "en";
  });
  expect(row("limit")).toBe("Line limitnonenone");
  await click('.tile[data-room="64.07"]');
  expect(find('[data-testid="figures"]').textContent).toContain("No figures yet");
});

test("figures that are not renewed are not shown", async () => {
  setFigures(drawnView(), NOW - 7_000);
  await show(drawnView());
  await click('.tile[data-room="64.08"]');
  expect(find('[data-testid="figures"]').textContent).toContain("Belum ada angka");
});

const narrowed: FallbackView = {
  level: "audio",
  ceiling: "720p",
  tested: true,
  pinned: false,
  by: "",
  trouble: { why: "loss", side: "up", value: 12.4 },
  since: NOW,
};

test("the pane says how much picture the hall has, and why, and a moderator decides otherwise", async () => {
  await show(withRoom(drawnView(), "64.11", { fallback: narrowed }));
  await click('.tile[data-room="64.11"]');
  const plan = () => find('[data-testid="plan"]').textContent;
  expect(plan()).toContain(
    "Sekarang audio saja. Uji terakhir: paling besar 720p. Turun karena paket hilang 12 % (unggah), 09:12:40 WITA.",
  );
  expect(find('[data-testid="plan-auto"]').getAttribute("aria-pressed")).toBe("true");
  await click('[data-testid="plan-360p"]');
  expect(sent).toEqual([{ type: "fallback.pin", room: "64.11", level: "360p" }]);
  const pinned: FallbackView = { ...narrowed, level: "360p", pinned: true, by: "Rini", trouble: null };
  await show(withRoom(drawnView(), "64.11", { fallback: pinned }));
  expect(plan()).toContain("Ditetapkan Rini, tidak berubah sendiri.");
  expect(find('[data-testid="plan-360p"]').getAttribute("aria-pressed")).toBe("true");
  sent.length = 0;
  await click('[data-testid="plan-auto"]');
  expect(sent).toEqual([{ type: "fallback.pin", room: "64.11", level: null }]);
});

test("a hall that was not tested is said to be so", async () => {
  await show(drawnView());
  await click('.tile[data-room="64.08"]');
  expect(find('[data-testid="plan"]').textContent).toContain("Sekarang 720p. Belum diuji: mulai 720p.");
});

test("a tile with sound alone has its reason in place of a picture, and is not loading", async () => {
  streams.value = arriving("64.11", false);
  await show(withRoom(drawnView(), "64.11", { fallback: narrowed }));
  const tile = find('.tile[data-room="64.11"]');
  expect(tile.querySelector("[data-plan=audio]")?.textContent).toContain("paket hilang 12 % (unggah), audio saja");
  expect(tile.querySelector(".pic")?.classList.contains("still")).toBe(true);
  expect(tile.dataset.state).toBe("next");
  expect(tile.querySelector(".spin")).toBeNull();
});

function arriving(code: string, moving: boolean) {
  const [video, audio] = [new MediaStream(), new MediaStream()];
  return { [code]: { video, audio, moving, lines: 180, weak: null } };
}

test("a tile names the room's own narrow line, and a picture that is kept back from here", async () => {
  const seen = drawnView();
  streams.value = { ...arriving("64.72", true), ...arriving("64.71", false), ...arriving("64.01", false) };
  setFigures(seen, NOW);
  await show(seen);
  expect(tile("64.72").querySelector(".plate.link")?.textContent).toBe("unduh 64 kbit/s, audio saja");
  await act(() => setOwnLine(seen, "reduced"));
  expect(tile("64.71").querySelector(".plate.link .long")?.textContent).toBe("gambar dijeda: jalur sempit");
  expect(tile("64.71").querySelector(".abbr")?.textContent).toBe("BPP");
  expect(tile("64.01").querySelector(".plate.link .long")?.textContent).toBe("gambar tidak terbaca di sini");
  expect(tile("64.01").dataset.state).toBe("ready");
  await act(() => forgetMeasured());
  expect(tile("64.71").querySelector(".plate.link")).toBeNull();
});

test("the programme says how large the picture is that comes", async () => {
  streams.value = arriving("64.08", true);
  await show(drawnView());
  expect(find('[data-testid="programme"]').textContent).toContain("180p");
});

test("to end the session is asked again", async () => {
  await show(drawnView());
  await click('[data-testid="end"]');
  expect(sent).toEqual([]);
  await click('[data-testid="end-yes"]');
  expect(sent).toEqual([{ type: "phase.set", phase: "closed" }]);
});

test("while the link is away it says so and nothing can be pressed", async () => {
  await show(drawnView());
  await act(() => {
    away.value = true;
  });
  expect(find('[data-testid="away"]').textContent).toContain("Menyambung kembali");
  await press(" ");
  expect(sent).toEqual([]);
  expect(find(".desk").hasAttribute("inert")).toBe(true);
  expect(tile("64.01")).toBeTruthy();
});

test("where the hub's camera is away, this desk can step in", async () => {
  const seen = drawnView();
  const desk = { ...seen.you, device: device("me", { kind: "desk", role: "moderator" }) };
  const away = withRoom({ ...seen, you: desk }, "64", { main: "old", presence: "lost" });
  await show(away);
  await click('[data-testid="take-main"]');
  expect(sent).toEqual([{ type: "device.take_main" }]);
});

test("one switch, English", async () => {
  await show(drawnView());
  await click(".top .btn[lang=en]");
  expect(find('[data-testid="phase"]').textContent).toBe("LIVE");
  expect(tile("64.03").textContent).toContain("Lost 00:12");
});

test("the pane tells how the count went: from the server first, then from each change", async () => {
  globalThis.fetch = async () => Response.json(countCourse("64.01"));
  await show(drawnView());
  await press("3");
  await act(() => new Promise((answered) => setTimeout(answered, 20)));
  const cell = (name: string) => find(`[data-testid=course-${name}]`).textContent;
  expect([cell("begin"), cell("peak"), cell("minutes")]).toEqual(["9", "13, 09:00 WITA", "403"]);
  await act(() => {
    clock.value = NOW + 60_000;
    view.value = withRoom(drawnView(), "64.01", { count: 15, declared: 15, tally: 14 });
  });
  expect(cell("peak")).toBe("15, 09:13 WITA");
  expect(find(".course tbody tr").textContent).toBe("09:13:40 WITA15812");
});

test("where what came before cannot be had, it says so, and goes on from now", async () => {
  await show(drawnView());
  await press("3");
  await act(() => new Promise((answered) => setTimeout(answered, 20)));
  expect(find(".course .err").textContent).toContain("belum dapat memberikannya");
  expect(find(".course tbody tr").textContent).toContain("13");
  globalThis.fetch = async () => Response.json(countCourse("64.01"));
  await click("[data-testid=course-again]");
  await act(() => new Promise((answered) => setTimeout(answered, 20)));
  expect(place.querySelector(".course .err")).toBeNull();
});
