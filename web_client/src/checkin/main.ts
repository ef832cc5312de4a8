// The door's page, once its script runs: acts are kept and sent until they are answered, and the
// page follows the room. Without the script its forms do the same, one page at a time.

import "./checkin.css";
import type { DoorView, Said } from "./api";
import { doorApi } from "./api";
import type { Kept } from "./kept";
import { keeper, storage } from "./kept";
import { Page } from "./page";
import { Sender } from "./sender";

const LOOK_MS = 5_000;
const MOST_LOOK_MS = 30_000;
/** So many looks in a row fail before the page says that its figures are old. */
const MISSED = 2;
/** The second of two quick taps is none on the button that has come to its place. */
const HASTY_MS = 1_000;

const told = document.body.dataset;
const door = told.door ?? "";
const api = doorApi(door, document.documentElement.lang === "en" ? "en" : "id");
const page = new Page();
const kept = keeper(storage("localStorage"), `vicon.door:${door}`);
const drafts = storage("sessionStorage");
const DRAFT = `vicon.door.draft:${door}`;

let missed = 0;
let turn = 0;
let settledAt = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

const sender = new Sender({
  keeper: kept,
  send: (entry, agoMs) => api.send(entry, agoMs),
  now: Date.now,
  chance: Math.random,
  changed: () => showWaiting(true),
  done,
  refused,
});

function act(entry: Kept): void {
  if (kept.read()?.act || Date.now() - settledAt < HASTY_MS) return; // a second tap
  turn += 1; // an answer to an earlier look says nothing about this
  kept.write(entry);
  page.clear();
  page.late(false);
  page.sending(true);
  page.rows(entry);
  sender.wake();
}

function showWaiting(pressed: boolean): void {
  const entry = kept.read();
  if (!entry?.act || !sender.waiting) return;
  page.sending(false);
  page.rows(entry);
  page.trying(sender.busy);
  page.waits(entry.act.kind);
  page.show("tunggu", pressed);
}

function done(entry: Kept, view: DoorView): void {
  turn += 1;
  settledAt = Date.now();
  page.sending(false);
  drafts?.removeItem(DRAFT);
  address(`${door}/in/${entry.person}`);
  follow(view, true);
}

function refused(entry: Kept, said: Said | null, view: DoorView | null, waited: boolean): void {
  turn += 1;
  page.sending(false);
  if (said?.code === "unknown_person") kept.write(null);
  if (entry.act?.kind === "enter") page.fill(entry);
  page.late(waited && view?.state === "penuh");
  if (view) follow(view, true);
  else page.show(entry.act?.kind === "leave" ? "masuk" : "normal", true);
  if (page.state === "normal") page.say(said);
  else if (page.state === "masuk" || page.state === "keluar") page.sayOfEntry(said);
}

/** Shows what the server says, unless something of ours is on its way to it. */
function follow(view: DoorView, pressed: boolean): void {
  page.paint(view);
  const entry = kept.read();
  if (entry && view.entry?.person === entry.person) kept.write({ ...entry, visit: view.entry.visit });
  page.show(view.state, pressed);
}

async function look(): Promise<void> {
  clearTimeout(timer);
  const [asked, entry] = [++turn, kept.read()];
  if (!entry?.act) {
    const answer = await api.look(entry?.person ?? "");
    if (asked !== turn) return void next();
    missed = answer.kind === "away" ? missed + 1 : 0;
    page.away(missed >= MISSED);
    if (answer.kind === "refused") return location.reload(); // the door itself: the page says why
    if (answer.kind === "done") settled(entry, answer.view);
  }
  next();
}

/** The operator may have struck the entry off: the server's page says so. */
function settled(entry: Kept | null, view: DoorView): void {
  if (entry && !view.entry && view.state !== "tutup") {
    kept.write(null);
    location.replace(`${door}/in/${entry.person}`);
    return;
  }
  if (entry && view.entry) address(`${door}/in/${entry.person}`);
  follow(view, false);
}

function next(): void {
  clearTimeout(timer);
  const wait = Math.min(MOST_LOOK_MS, LOOK_MS * 2 ** Math.max(0, missed - 1));
  timer = setTimeout(() => (document.hidden ? next() : void look()), wait);
}

/** The address of an entry is what a reload comes back to. */
function address(path: string): void {
  if (location.pathname !== path) history.replaceState(null, "", path);
}

function draft(): void {
  const { name, institution, role } = page.typed();
  try {
    drafts?.setItem(DRAFT, String(new URLSearchParams({ name, institution, role })));
  } catch {
    // Full: what is typed stays in the fields.
  }
}

function restore(): void {
  const text = drafts?.getItem(DRAFT);
  const { name, institution, role } = page.typed();
  if (!text || name || institution || role) return;
  const found = new URLSearchParams(text);
  const value = (key: string): string => found.get(key) ?? "";
  page.fill({ name: value("name"), institution: value("institution"), role: value("role") });
}

function wake(): void {
  if (document.hidden) return;
  sender.wake();
  void look();
}

/** What the server wrote into the page, and what was kept here before. */
function begin(): void {
  const before = told.new ? null : kept.read();
  if (told.new) kept.write(null);
  if (told.person && !before?.act) {
    const text = (key: string): string => document.querySelector(`[data-text="${key}"]`)?.textContent ?? "";
    const [name, role] = [text("name"), text("role")];
    const institution = text("institution").replace(/^–$/, "");
    kept.write({ person: told.person, visit: Number(told.visit), name, institution, role, act: null });
  }
  if (told.new) address(door);
  restore();
  sender.resume();
  void look();
}

page.form.addEventListener("submit", (event) => {
  event.preventDefault();
  const missing = page.blank();
  if (missing) return page.sayBlank(missing);
  act({ ...page.typed(), visit: 1, act: { kind: "enter", at: Date.now() } });
});
page.form.addEventListener("input", () => {
  page.clear();
  draft();
});
page.leave.addEventListener("submit", (event) => {
  const entry = kept.read();
  if (!entry) return; // the form itself goes
  event.preventDefault();
  act({ ...entry, act: { kind: "leave", at: Date.now() } });
});
page.again.addEventListener("submit", (event) => {
  const entry = kept.read();
  if (!entry) return;
  event.preventDefault();
  act({ ...entry, visit: entry.visit + 1, act: { kind: "enter", at: Date.now() } });
});
page.press("now", () => sender.wake());
page.press("look", () => void look());
addEventListener("online", wake);
addEventListener("pageshow", (event) => event.persisted && wake());
document.addEventListener("visibilitychange", wake);
addEventListener("storage", (event) => event.key === `vicon.door:${door}` && wake());
begin();
