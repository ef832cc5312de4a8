import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Answer, DoorView, Said } from "./api";
import type { Kept } from "./kept";
import { keeper } from "./kept";
import { OLDEST_MS, Sender } from "./sender";

const VIEW: DoorView = {
  state: "masuk", count: "9", limit: 12, taken: 9, place: 9, full: false, line: "", title: "",
  crowded: false, entry: null,
};
const FULL: Said = { code: "room_full", id: "Ruang penuh", en: "Full", field: "", again: false };
const DONE: Answer = { kind: "done", view: VIEW };
const AWAY: Answer = { kind: "away", waitMs: 0 };

function entry(kind: "enter" | "leave", visit = 1): Kept {
  const said = { name: "Siti", institution: "KPU", role: "KPU" };
  return { person: "p".repeat(24), visit, ...said, act: { kind, at: Date.now() } };
}

class Door {
  answers: Answer[] = [];
  sent: { kept: Kept; agoMs: number }[] = [];
  done: Kept[] = [];
  refused: { said: Said | null; waited: boolean }[] = [];
  shown: boolean[] = [];
  /** An answer that is held back. */
  open: ((answer: Answer) => void) | null = null;
  hold = false;
  kept = keeper(null, "k");
  sender: Sender = new Sender({
    keeper: this.kept,
    send: (kept, agoMs) => {
      this.sent.push({ kept, agoMs });
      if (this.hold) return new Promise((resolve) => (this.open = resolve));
      return Promise.resolve(this.answers.shift() ?? AWAY);
    },
    now: Date.now,
    chance: () => 1,
    changed: () => this.shown.push(this.sender.waiting),
    done: (kept) => this.done.push(kept),
    refused: (_kept, said, _view, waited) => this.refused.push({ said, waited }),
  });

  async act(kept: Kept): Promise<void> {
    this.kept.write(kept);
    this.sender.wake();
    await vi.advanceTimersByTimeAsync(0);
  }
}

let door: Door;
beforeEach(() => {
  vi.useFakeTimers();
  door = new Door();
});
afterEach(() => vi.useRealTimers());

test("is sent at once and known", async () => {
  door.answers = [DONE];
  await door.act(entry("enter"));
  expect(door.done).toHaveLength(1);
  expect(door.kept.read()).toMatchObject({ name: "Siti", act: null });
  expect(door.shown).toEqual([]);
  await vi.advanceTimersByTimeAsync(3_600_000);
  expect(door.sent).toHaveLength(1);
});

test("waits for the network, ever longer, and tells how long ago it was", async () => {
  await door.act(entry("enter"));
  expect(door.sender.waiting).toBe(true);
  await vi.advanceTimersByTimeAsync(10 * 60_000);
  const gaps = door.sent.map((one, i) => (one.agoMs - (door.sent[i - 1]?.agoMs ?? 0)) / 1000);
  expect(gaps.slice(0, 7)).toEqual([0, 1, 2, 4, 8, 16, 30]);
  expect(Math.max(...gaps)).toBe(30);
  door.answers = [DONE];
  await vi.advanceTimersByTimeAsync(30_000);
  expect(door.done).toHaveLength(1);
  expect(door.sender.waiting).toBe(false);
  expect(new Set(door.sent.map((one) => one.kept.person)).size).toBe(1);
});

test("goes at once when the network is back", async () => {
  await door.act(entry("enter"));
  await vi.advanceTimersByTimeAsync(60_000);
  const before = door.sent.length;
  door.answers = [DONE];
  door.sender.wake();
  await vi.advanceTimersByTimeAsync(0);
  expect(door.sent).toHaveLength(before + 1);
  expect(door.done).toHaveLength(1);
});

test("is not sent twice at the same time, however often one presses", async () => {
  door.hold = true;
  await door.act(entry("enter"));
  door.sender.wake();
  door.sender.wake();
  await vi.advanceTimersByTimeAsync(100);
  expect(door.sent).toHaveLength(1);
  expect(door.sender.waiting).toBe(false);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(door.sender.waiting).toBe(true); // an answer that takes long is told
  door.open?.(DONE);
  await vi.advanceTimersByTimeAsync(0);
  expect(door.done).toHaveLength(1);
});

test("keeps to the time that a busy server asks for", async () => {
  door.answers = [{ kind: "away", waitMs: 5_000 }, DONE];
  await door.act(entry("enter"));
  await vi.advanceTimersByTimeAsync(4_900);
  expect(door.sent).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(200);
  expect(door.done).toHaveLength(1);
});

test("is over when it is refused, and says whether it had waited", async () => {
  door.answers = [{ kind: "refused", said: FULL, view: null }];
  await door.act(entry("enter"));
  expect(door.refused).toEqual([{ said: FULL, waited: false }]);
  expect(door.kept.read()).toBeNull();
  door.answers = [AWAY, { kind: "refused", said: FULL, view: null }];
  await door.act(entry("enter"));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(door.refused[1]).toEqual({ said: FULL, waited: true });
});

test("leaves an earlier coming known where the next is refused", async () => {
  door.answers = [{ kind: "refused", said: FULL, view: null }];
  await door.act(entry("enter", 2));
  expect(door.kept.read()).toMatchObject({ visit: 1, act: null });
  door.answers = [{ kind: "refused", said: FULL, view: null }];
  await door.act(entry("leave", 1));
  expect(door.kept.read()).toMatchObject({ visit: 1, act: null });
});

test("is given up after half a day, and that is said", async () => {
  const old = entry("enter");
  await door.act({ ...old, act: { kind: "enter", at: Date.now() - OLDEST_MS - 1 } });
  expect(door.sent).toEqual([]);
  expect(door.refused).toEqual([{ said: null, waited: false }]);
  expect(door.kept.read()).toBeNull();
});

test("waits from the start where an earlier page left it", async () => {
  door.hold = true;
  door.kept.write(entry("leave"));
  door.sender.resume();
  expect(door.sender.waiting).toBe(true);
  expect(door.sent).toHaveLength(1);
});
