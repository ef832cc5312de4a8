/** Acts on attendance lists, wired to the store. */
import { effect, signal } from "@preact/signals";
import type { ExpectedView } from "../protocol";
import { isRefusal, link, me, quietCommand, serverNow } from "../store";
import { mark, readToken } from "../token";
import { keeper } from "./kept";
import { type Entry, newPersonId } from "./list";
import { type AttendanceAct, Outbox, type Outcome, type Pending } from "./outbox";

const version = signal(0);
const kept = keeper(
  globalThis.localStorage ?? null,
  `vicon.attendance:${mark(readToken())}`,
  serverNow,
);

const outbox = new Outbox(
  {
    isOpen: () => link.value.state === "open",
    now: serverNow,
    send: (act) => quietCommand(act),
    refusal: (error) => (isRefusal(error) ? error : null),
    changed: (pending) => {
      kept.write(pending.map(({ act, at, refused }) => ({ act, at, refused })));
      version.value += 1;
    },
  },
  kept.read(),
);

effect(() => {
  if (link.value.state === "open") void outbox.flush();
});

/** What the server does not know yet, or did not take. A page that calls it follows it. */
export function pendingActs(): readonly Pending[] {
  void version.value;
  return outbox.pending;
}

/** Resolves once the server has answered, or it is clear that the act must wait. */
export function submitAct(act: AttendanceAct, ago = 0): Promise<Outcome> {
  return outbox.submit(act, ago);
}

export function dropAct(n: number): void {
  outbox.drop(n);
}

export function retryAct(n: number): void {
  outbox.retry(n);
}

export interface Person {
  name: string;
  institution: string;
  role: string;
}

export function enterPerson(room: string, person: Person, id = newPersonId()): Promise<Outcome> {
  const { name, institution, role } = person;
  return submitAct({ type: "attendance.enter", room, person: id, name, institution, role });
}

export function enterExpected(room: string, { name, institution, role }: ExpectedView): Promise<Outcome> {
  return enterPerson(room, { name, institution, role });
}

/** Back onto the list as it was: who was struck by mistake. */
export async function restoreEntry(room: string, entry: Entry): Promise<Outcome> {
  const { id, name, institution, role, entered_at, left_at } = entry;
  const now = serverNow();
  const act: AttendanceAct = { type: "attendance.enter", room, person: id, name, institution, role };
  const entered = await submitAct(act, now - entered_at);
  if (left_at === null || typeof entered === "object") return entered;
  return submitAct({ type: "attendance.leave", room, person: id }, now - left_at);
}

/** Under whose name an act goes onto the list. */
export function myName(): string {
  return me.value?.name ?? "";
}
