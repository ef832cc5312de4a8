import { beforeEach, expect, test } from "vitest";
import { MOST_ACTS, pressed, Tally, type TallyPort } from "./tally";

const LOST = "lost";
const REFUSED = "refused";

/** A room as the server has it; `reply` says what becomes of the next acts. */
class Server implements TallyPort {
  open = true;
  count = 8;
  limit = 12;
  listed = 0;
  readonly sent: number[] = [];
  reply: ("ok" | "lost before" | "lost after" | "refused")[] = [];

  room() {
    return { count: this.count, tally: this.count, checked_in: this.listed, limit: this.limit };
  }
  isOpen(): boolean {
    return this.open;
  }
  isUncertain(error: unknown): boolean {
    return error === LOST;
  }
  changed(): void {}

  async send(by: 1 | -1): Promise<void> {
    this.sent.push(by);
    const reply = this.reply.shift() ?? "ok";
    await Promise.resolve();
    if (reply === "refused") throw REFUSED;
    if (reply !== "lost before") this.count += by;
    if (reply !== "ok") {
      this.open = false;
      throw LOST;
    }
  }
}

let server: Server;
let tally: Tally;

beforeEach(() => {
  server = new Server();
  tally = new Tally(server);
});

test("a press shows at once and is sent", async () => {
  expect(tally.press(1)).toBe("taken");
  expect(tally.shown()).toBe(9);
  await tally.flush();
  await settled();
  expect(server.count).toBe(9);
  expect(tally.waiting).toBe(0);
});

test("presses without a link are kept in order and sent later", async () => {
  server.open = false;
  for (const by of [1, 1, -1] as const) tally.press(by);
  expect(tally.shown()).toBe(9);
  expect(server.sent).toEqual([]);
  server.open = true;
  await tally.flush();
  expect(server.sent).toEqual([1, 1, -1]);
  expect(server.count).toBe(9);
});

test("an act that was lost on the way is sent again", async () => {
  server.reply = ["lost before"];
  tally.press(1);
  await settled();
  server.open = true;
  await tally.flush();
  expect(server.sent).toEqual([1, 1]);
  expect(server.count).toBe(9);
});

test("an act whose answer was lost is not done twice", async () => {
  server.reply = ["lost after"];
  tally.press(1);
  await settled();
  server.open = true;
  await tally.flush();
  expect(server.sent).toEqual([1]);
  expect(server.count).toBe(9);
});

test("a refused act is dropped and the next one goes on", async () => {
  server.reply = ["refused"];
  tally.press(1);
  tally.press(-1);
  await settled();
  expect(server.sent).toEqual([1, -1]);
  expect(server.count).toBe(7);
});

test("with a link a full room is the server's to refuse, and is never shown fuller", () => {
  server.count = 12;
  expect(tally.press(1)).toBe("taken");
  expect(tally.shown()).toBe(12);
});

test("without a link what cannot be granted is refused here", () => {
  server.open = false;
  server.count = 11;
  expect(tally.press(1)).toBe("taken");
  expect(tally.press(1)).toBe("full");
  server.count = 0;
  expect(new Tally(server).press(-1)).toBe("empty");
});

test("whom the attendance list has cannot be counted away, with a link or without", () => {
  server.listed = 8;
  expect(tally.press(-1)).toBe("listed");
  server.open = false;
  expect(tally.press(1)).toBe("taken");
  expect(tally.press(-1)).toBe("taken");
  expect(tally.press(-1)).toBe("listed");
  expect(tally.shown()).toBe(8);
});

test("one more is one more than are counted, though the list was ahead of the operator", () => {
  const room = { code: "64.02", count: 8, declared: 8, tally: 7 };
  expect(pressed(room, 1)).toEqual({ type: "count.add", room: "64.02", by: 1 });
  const listed = { ...room, declared: 3, tally: 2 };
  expect(pressed(listed, 1)).toEqual({ type: "count.set", room: "64.02", value: 8 });
  expect(pressed({ ...listed, declared: null, tally: null }, 1)).toMatchObject({ value: 9 });
  expect(pressed(listed, -1)).toEqual({ type: "count.add", room: "64.02", by: -1 });
});

test("no more than twenty acts wait", () => {
  server.open = false;
  server.limit = 999;
  for (let i = 0; i < MOST_ACTS; i += 1) expect(tally.press(1)).toBe("taken");
  expect(tally.press(1)).toBe("too_many");
});

async function settled(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await Promise.resolve();
}
