/** An attendance list as it is shown: with what is on its way, in its order, searched. Pure. */
import type { AttendeeView, ExpectedView, RoomView } from "../protocol";
import type { Pending } from "./outbox";

export interface Entry extends AttendeeView {
  /** The server does not know all of this yet. */
  waiting: boolean;
}

export type Listed = Pick<RoomView, "code" | "attendance" | "expected">;

/**
 * The room's list with the acts that wait for the link. Those under way are not in it: the server
 * tells at once, and what it refuses is said in the row that asked.
 */
export function entriesOf(room: Listed, pending: readonly Pending[], me: string): Entry[] {
  const entries = new Map(room.attendance.map((one): [string, Entry] => [one.id, { ...one, waiting: false }]));
  for (const { act, at, later, refused } of pending) {
    if (act.room !== room.code || !later || refused) continue;
    const known = entries.get(act.person);
    if (act.type === "attendance.enter") {
      const { name, institution = "", role = "" } = act;
      const came = { name, institution, role, entered_at: at, left_at: null };
      entries.set(act.person, { ...known, id: act.person, by: me, ...came, waiting: true });
    } else if (known && act.type === "attendance.strike") {
      entries.delete(act.person);
    } else if (known) {
      entries.set(act.person, { ...known, ...changeOf(act, at), waiting: true });
    }
  }
  return [...entries.values()];
}

function changeOf(act: Pending["act"], at: number): Partial<Entry> {
  switch (act.type) {
    case "attendance.leave":
      return { left_at: at };
    case "attendance.keep":
      return { left_at: null };
    case "attendance.correct":
      return { name: act.name, institution: act.institution ?? "", role: act.role ?? "" };
    default:
      return {};
  }
}

/** In the order of coming. */
export function presentOf(entries: readonly Entry[]): Entry[] {
  return entries.filter((one) => one.left_at === null);
}

/** The last to leave first. */
export function leftOf(entries: readonly Entry[]): Entry[] {
  const left = entries.filter((one) => one.left_at !== null);
  return left.sort((a, b) => (b.left_at ?? 0) - (a.left_at ?? 0));
}

/** Who is to come and has not, also not by an act that waits. */
export function awaitedOf({ expected }: Listed, entries: readonly Entry[]): ExpectedView[] {
  return expected.filter((one) => one.person === null && !entries.some((entry) => isPerson(entry, one)));
}

/** As the server finds it: same words, whatever case and spaces; without an institution the name alone. */
function isPerson(entry: Entry, expected: ExpectedView): boolean {
  if (plain(entry.name) !== plain(expected.name)) return false;
  return !expected.institution || plain(entry.institution) === plain(expected.institution);
}

interface Named {
  name: string;
  institution: string;
  role: string;
}

/** Those in whom each word that was typed is found. */
export function search<T extends Named>(persons: readonly T[], typed: string): T[] {
  const words = plain(typed).split(" ").filter(Boolean);
  return persons.filter((one) => {
    const text = plain(`${one.name} ${one.institution} ${one.role}`);
    return words.every((word) => text.includes(word));
  });
}

/** The expected person whose name was typed, to save typing the rest. */
export function expectedNamed(expected: readonly ExpectedView[], typed: string): ExpectedView | null {
  return expected.find((one) => plain(one.name) === plain(typed)) ?? null;
}

export function plain(text: string): string {
  return text.trim().split(/\s+/).join(" ").toLocaleLowerCase();
}

/** Fits `PersonId`. A page over plain http has no randomUUID. */
export function newPersonId(): string {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
