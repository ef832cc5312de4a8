import { beforeEach, expect, test } from "vitest";
import type { AttendanceEnter, Text } from "../protocol";
import type { KeptAct } from "./kept";
import { type AttendanceAct, MOST_WAITING, Outbox, type OutboxPort } from "./outbox";

const FULL: Text = { id: "Ruang penuh (12/12).", en: "The room is full (12/12)." };
type Reply = "ok" | "lost before" | "lost after" | "full" | "unknown_person";

/** A server that keeps a list; `replies` say what becomes of the next acts. */
class Server implements OutboxPort {
  open = true;
  time = 1_000_000;
  present = new Set<string>();
  readonly sent: AttendanceAct[] = [];
  replies: Reply[] = [];

  isOpen = (): boolean => this.open;
  now = (): number => this.time;
  kept: KeptAct[] = [];
  changed = (pending: readonly KeptAct[]): void => {
    this.kept = pending.map(({ act, at, refused }) => ({ act, at, refused }));
  };
  refusal = (error: unknown) => error as { code: string; text: Text; uncertain: boolean };

  async send(act: AttendanceAct): Promise<void> {
    this.sent.push(act);
    const reply = this.replies.shift() ?? "ok";
    await Promise.resolve();
    if (reply === "full" || reply === "unknown_person") throw { code: reply, text: FULL, uncertain: false };
    if (reply !== "lost before") this.take(act);
    if (reply === "ok") return;
    this.open = false;
    throw { code: "link_lost", text: FULL, uncertain: true };
  }

  private take(act: AttendanceAct): void {
    if (act.type === "attendance.enter") this.present.add(act.person);
    else if (act.type !== "attendance.correct") this.present.delete(act.person);
  }
}

const enter = (person: string): AttendanceEnter => ({
  type: "attendance.enter",
  room: "64.02",
  person,
  name: `Nama ${person}`,
});

let server: Server;
let outbox: Outbox;

beforeEach(() => {
  server = new Server();
  outbox = new Outbox(server);
});

test("with a link the answer comes back to the one who asked, and nothing is kept", async () => {
  expect(await outbox.submit(enter("a"))).toBe("done");
  server.replies = ["full"];
  expect(await outbox.submit(enter("b"))).toEqual(FULL);
  expect(outbox.pending).toEqual([]);
});

test("without a link acts wait in order, and tell how long ago it was", async () => {
  server.open = false;
  expect(await outbox.submit(enter("a"))).toBe("later");
  server.time += 60_000;
  expect(await outbox.submit({ type: "attendance.leave", room: "64.02", person: "a" })).toBe("later");
  expect(outbox.pending.map((one) => [one.later, one.at])).toEqual([
    [true, 1_000_000],
    [true, 1_060_000],
  ]);
  server.time += 30_000;
  server.open = true;
  await outbox.flush();
  expect(server.sent).toEqual([
    { ...enter("a"), ago_ms: 90_000 },
    { type: "attendance.leave", room: "64.02", person: "a", ago_ms: 30_000 },
  ]);
  expect(outbox.pending).toEqual([]);
});

test("an act whose answer was lost is sent once more, and is done once", async () => {
  for (const lost of ["lost before", "lost after"] as const) {
    server.replies = [lost];
    expect(await outbox.submit(enter(lost))).toBe("later");
    server.open = true;
    await outbox.flush();
    expect(server.present.has(lost)).toBe(true);
  }
  expect(outbox.pending).toEqual([]);
});

test("a person who was struck before the answer was lost is struck", async () => {
  server.replies = ["lost after", "unknown_person"];
  await outbox.submit({ type: "attendance.strike", room: "64.02", person: "a" });
  server.open = true;
  await outbox.flush();
  expect(outbox.pending).toEqual([]);
});

test("what is refused after waiting stays with its sentence; the next one goes on", async () => {
  server.open = false;
  void outbox.submit(enter("a"));
  void outbox.submit(enter("b"));
  server.open = true;
  server.replies = ["full"];
  await outbox.flush();
  expect(outbox.pending.map((one) => [one.act.person, one.refused])).toEqual([["a", FULL]]);
  expect(server.present).toEqual(new Set(["b"]));
  outbox.retry(outbox.pending[0]?.n ?? 0);
  await settled();
  expect(server.present).toEqual(new Set(["a", "b"]));
  expect(outbox.pending).toEqual([]);
});

test("with an entry that is given up goes what came after it for the same person", async () => {
  server.open = false;
  void outbox.submit(enter("a"));
  void outbox.submit({ type: "attendance.leave", room: "64.02", person: "a" });
  void outbox.submit(enter("b"));
  outbox.drop(outbox.pending[0]?.n ?? 0);
  expect(outbox.pending.map((one) => one.act.person)).toEqual(["b"]);
});

test("what waits outlives the page, in its order and with its time", async () => {
  server.open = false;
  await outbox.submit(enter("a"));
  await outbox.submit({ type: "attendance.leave", room: "64.02", person: "a" });
  server.time += 30_000;
  const reloaded = new Outbox(server, server.kept);
  expect(reloaded.pending.map((one) => one.later)).toEqual([true, true]);
  server.open = true;
  await reloaded.flush();
  expect(server.sent).toEqual([
    { ...enter("a"), ago_ms: 30_000 },
    { type: "attendance.leave", room: "64.02", person: "a", ago_ms: 30_000 },
  ]);
  expect(server.kept).toEqual([]);
});

test("an act on its way outlives the page too, and what was refused keeps its sentence", async () => {
  server.replies = ["lost before"];
  await outbox.submit(enter("a"));
  expect(server.kept.map((one) => one.act.person)).toEqual(["a"]);
  const reloaded = new Outbox(server, server.kept);
  server.open = true;
  server.replies = ["full"];
  await reloaded.flush();
  expect(server.kept.map((one) => one.refused)).toEqual([FULL]);
  expect(new Outbox(server, server.kept).pending[0]?.refused).toEqual(FULL);
});

test("no more than a hundred acts wait", async () => {
  server.open = false;
  for (let i = 0; i < MOST_WAITING; i += 1) void outbox.submit(enter(`p${i}`));
  expect(await outbox.submit(enter("more"))).toMatchObject({ en: expect.stringContaining("Too much") });
  expect(outbox.pending).toHaveLength(MOST_WAITING);
});

async function settled(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
}
