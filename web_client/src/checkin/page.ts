// The page as the server wrote it: what can change in it. Texts go in as text, never as markup.

import type { DoorView, Said, ServerState } from "./api";
import type { Kept } from "./kept";

/** `tunggu`: something waits to be sent. */
export type State = ServerState | "tunggu";
type Field = "name" | "institution" | "role";

/** More seats are not drawn one by one, or stand closer together: as in view.py. */
const MOST_SEATS = 40;
const MANY_SEATS = 20;

function part<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`checkin.html has no #${id}`);
  return found as T;
}

function write(key: string, text: string): void {
  for (const place of document.querySelectorAll(`[data-text="${key}"]`)) place.textContent = text;
}

export class Page {
  readonly form = part<HTMLFormElement>("enter");
  readonly leave = part<HTMLFormElement>("leave");
  readonly again = part<HTMLFormElement>("again");
  private readonly root = document.documentElement;

  get state(): State {
    return this.root.dataset.state as State;
  }

  /** Shows a state; `pressed`: a person asked for it, so the focus goes along. */
  show(state: State, pressed: boolean): void {
    if (state === this.state) return;
    this.root.dataset.state = state;
    const title = document.querySelector<HTMLElement>(`[data-in~="${state}"] .big:not([data-in]), .big[data-in~="${state}"]`);
    if (pressed) {
      title?.focus();
      scrollTo(0, 0);
    } else {
      part("status").textContent = title?.innerText ?? part("occ").querySelector("strong")?.textContent ?? "";
    }
  }

  paint(view: DoorView): void {
    write("count", view.count);
    write("limit", String(view.limit));
    write("line", view.line);
    write("title", view.title);
    part("occ").classList.toggle("full", view.full && !view.place);
    part("crowded").hidden = !view.crowded;
    part("kept").hidden = !view.entry;
    this.seats(view);
    if (!view.entry) return;
    this.rows(view.entry);
    write("entered", view.entry.entered);
    write("left", view.entry.left);
  }

  rows(said: Pick<Kept, "name" | "institution" | "role">): void {
    write("name", said.name);
    write("institution", said.institution || "–");
    write("role", said.role);
  }

  private seats(view: DoorView): void {
    const seats = part("seats");
    const count = view.limit <= MOST_SEATS ? view.limit : 0;
    seats.hidden = !count;
    seats.classList.toggle("many", view.limit > MANY_SEATS);
    while (seats.children.length > count) seats.lastElementChild?.remove();
    while (seats.children.length < count) seats.append(document.createElement("i"));
    [...seats.children].forEach((seat, index) => {
      seat.className = index + 1 === view.place ? "me" : index < view.taken ? "on" : "";
    });
  }

  /** What waits: an entry, or a leaving. */
  waits(kind: "enter" | "leave"): void {
    part("wait-enter").hidden = kind !== "enter";
    part("wait-leave").hidden = kind !== "leave";
  }

  away(on: boolean): void {
    part("away").hidden = !on;
  }

  late(on: boolean): void {
    part("late").hidden = !on;
  }

  sending(on: boolean): void {
    part("sending").hidden = !on;
    part("minutes").hidden = on;
    for (const button of document.querySelectorAll(".foot button:not(#now)")) {
      if (on) button.setAttribute("aria-disabled", "true");
      else button.removeAttribute("aria-disabled");
    }
  }

  /** What waits is on its way just now. */
  trying(on: boolean): void {
    part("now").setAttribute("aria-disabled", String(on));
  }

  /** Values of the form, and of its hidden fields. */
  typed(): Pick<Kept, "person" | "name" | "institution" | "role"> {
    const data = new FormData(this.form);
    const value = (name: string): string => String(data.get(name) ?? "").trim();
    return {
      person: value("person"),
      name: value("name"),
      institution: value("institution"),
      role: value("role"),
    };
  }

  fill(said: Pick<Kept, "name" | "institution" | "role">): void {
    part<HTMLInputElement>("name").value = said.name;
    part<HTMLInputElement>("institution").value = said.institution;
    for (const box of this.roles()) box.checked = box.value === said.role;
  }

  private roles(): HTMLInputElement[] {
    return [...this.form.querySelectorAll<HTMLInputElement>('input[name="role"]')];
  }

  /** What is missing before anything is sent: the server would say the same, but may be away. */
  blank(): Field | null {
    const { name, role } = this.typed();
    if (!name) return "name";
    return role ? null : "role";
  }

  sayBlank(field: Field): void {
    this.clear();
    this.fault(field, part(`err-${field}`).dataset.blank ?? "");
  }

  /** `said` null: it grew too old to be sent. */
  say(said: Said | null): void {
    this.clear();
    if (said?.field) this.fault(said.field, this.words(said));
    else this.tell("err-", this.words(said));
  }

  /** Of an entry that is on the list. */
  sayOfEntry(said: Said | null): void {
    this.tell("err-entry", this.words(said));
  }

  private words(said: Said | null): string {
    if (!said) return this.form.dataset.tooOld ?? "";
    return this.root.lang === "en" ? said.en : said.id;
  }

  private fault(field: Field, text: string): void {
    this.tell(`err-${field}`, text);
    const input = field === "role" ? this.roles()[0] : part<HTMLInputElement>(field);
    (field === "role" ? part("roles") : input)?.classList.add("is-bad");
    input?.setAttribute("aria-invalid", "true");
    input?.focus();
  }

  private tell(id: string, text: string): void {
    const place = part(id);
    const words = place.querySelector("span");
    if (words) words.textContent = text;
    place.hidden = false;
  }

  /** Takes back what was said about the fields. */
  clear(): void {
    for (const id of ["err-", "err-name", "err-institution", "err-role", "err-entry"]) {
      part(id).hidden = true;
    }
    for (const bad of document.querySelectorAll(".is-bad")) bad.classList.remove("is-bad");
    for (const bad of document.querySelectorAll("[aria-invalid]")) bad.removeAttribute("aria-invalid");
  }

  press(id: "now" | "look", act: () => void): void {
    part(id).addEventListener("click", (event) => {
      event.preventDefault();
      act();
    });
  }
}
