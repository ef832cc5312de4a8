import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ANSWER_MS, Connection, type Socket } from "./connection";
import type { ClientMessage, ServerMessage } from "./protocol";
import type { Effect } from "./session";
import { view } from "./testing/views";

class FakeSocket implements Socket {
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  closed = false;
  readonly sent: ClientMessage[] = [];

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientMessage);
  }
  close(): void {
    this.closed = true;
  }
  open(): void {
    this.onopen?.(new Event("open"));
  }
  say(message: ServerMessage): void {
    this.onmessage?.(new MessageEvent("message", { data: JSON.stringify(message) }));
  }
  break(): void {
    this.onclose?.(new Event("close") as CloseEvent);
  }
}

let sockets: FakeSocket[];
let effects: Effect[];
let connection: Connection;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "info").mockImplementation(() => {});
  sockets = [];
  effects = [];
  connection = new Connection(
    { token: "t", resume: null, lang: "id" },
    {
      now: () => Date.now(),
      chance: () => 0,
      openSocket: () => {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket;
      },
    },
    { effect: (one) => effects.push(one) },
  );
});

afterEach(() => {
  connection.stop();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function last(): FakeSocket {
  const socket = sockets.at(-1);
  if (!socket) throw new Error("no socket yet");
  return socket;
}

function welcome(): void {
  last().open();
  last().say({
    type: "welcome",
    v: 1,
    rev: 1,
    now: Date.now(),
    heartbeat_s: 5,
    media_epoch: "one",
    view: view(),
    ice: [],
    servers: [],
    fence: "",
  });
}

test("a command resolves with the answer of its own id", async () => {
  connection.start();
  welcome();
  const first = connection.command({ type: "media.subscribe" });
  const second = connection.command({ type: "room.leave" });
  last().say({ type: "ok", id: 2, rev: 1, result: null });
  last().say({ type: "ok", id: 1, rev: 1, result: { type: "subscribed", sdp: "s", slots: [] } });
  expect(await first).toEqual({ type: "subscribed", sdp: "s", slots: [] });
  expect(await second).toBeNull();
});

test("a refusal carries the server's code and sentences", async () => {
  connection.start();
  welcome();
  const asked = connection.command({ type: "count.add", room: "64.02", by: 1 });
  last().say({ type: "refused", id: 1, code: "room_full", text: { id: "penuh", en: "full" } });
  await expect(asked).rejects.toEqual({
    code: "room_full",
    text: { id: "penuh", en: "full" },
    uncertain: false,
  });
});

test("what waits for an answer is told when the link breaks", async () => {
  connection.start();
  welcome();
  const asked = connection.command({ type: "room.leave" });
  last().break();
  await expect(asked).rejects.toMatchObject({ code: "link_lost", uncertain: true });
});

test("no answer is an answer, after ten seconds", async () => {
  connection.start();
  welcome();
  const asked = connection.command({ type: "room.leave" });
  const refused = expect(asked).rejects.toMatchObject({ code: "no_answer", uncertain: true });
  await vi.advanceTimersByTimeAsync(ANSWER_MS);
  await refused;
});

test("without a link a command is refused, surely not done", async () => {
  connection.start();
  await expect(connection.command({ type: "room.leave" })).rejects.toMatchObject({
    code: "no_link",
    uncertain: false,
  });
});

test("it comes back by itself with the resume token, as long as it takes", async () => {
  connection.start();
  welcome();
  for (let i = 0; i < 5; i += 1) {
    last().break();
    await vi.advanceTimersByTimeAsync(500);
  }
  expect(sockets).toHaveLength(6);
  welcome();
  expect(last().sent[0]).toMatchObject({ type: "hello", resume: "again" });
});

test("a late word of an old socket changes nothing", async () => {
  connection.start();
  welcome();
  const old = last();
  old.break();
  await vi.advanceTimersByTimeAsync(500);
  const before = effects.length;
  old.say({ type: "media_reset", epoch: "two" });
  old.break();
  expect(effects).toHaveLength(before);
});

test("a dead socket is closed, not only forgotten", async () => {
  connection.start();
  welcome();
  const old = last();
  await vi.advanceTimersByTimeAsync(15_500);
  expect(old.closed).toBe(true);
  expect(old.sent.filter((one) => one.type === "ping").length).toBeGreaterThanOrEqual(2);
});

test("after stop nothing runs", async () => {
  connection.start();
  welcome();
  connection.stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sockets).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
});

test("a cut loses the socket without a word, and the session comes back by itself", async () => {
  connection.start();
  welcome();
  const before = last();
  const asked = connection.command({ type: "room.leave" });
  connection.cut();
  expect(before.closed).toBe(true);
  await expect(asked).rejects.toMatchObject({ code: "link_lost" });
  vi.advanceTimersByTime(1_000);
  expect(sockets).toHaveLength(2);
  welcome();
  expect(effects.at(-1)).toEqual({ do: "link", link: { state: "open" } });
});
