// @vitest-environment happy-dom
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { Refusal } from "./connection";
import { comeBack, staying, wishToStay } from "./presence";
import { link, notice, view } from "./store";
import { view as seenView } from "./testing/views";

const server = vi.hoisted(() => ({ asked: 0, refuse: "" }));

vi.mock("./store", async (original) => ({
  ...(await original<typeof import("./store")>()),
  quietCommand: async () => {
    server.asked++;
    if (!server.refuse) return null;
    const refusal: Refusal = { code: server.refuse, text: { id: "Tidak.", en: "No." }, uncertain: false };
    throw refusal;
  },
}));

beforeAll(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterAll(() => void vi.useRealTimers());

beforeEach(() => {
  vi.advanceTimersByTime(60_000); // what was refused before is long ago
  Object.assign(server, { asked: 0, refuse: "" });
  link.value = { state: "open" };
  notice.value = null;
  view.value = seenView();
  wishToStay(); // this operator was in
  view.value = seenView({ you: { device: null } }); // a long absence cost the device
});

/** So many tries, with time enough between them. */
async function tries(times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    await comeBack();
    vi.advanceTimersByTime(60_000);
  }
}

test.each(["journal_failed", "busy", "server_full"])("%s: the page asks again by itself", async (code) => {
  server.refuse = code;
  await tries(3);
  expect(server.asked).toBe(3);
  expect(staying.value).toBe(true);
  expect(notice.value).toBeNull();
});

test("what the server will not do is told, and not asked again", async () => {
  server.refuse = "room_full";
  await tries(3);
  expect(server.asked).toBe(1);
  expect(staying.value).toBe(false);
  expect(notice.value?.en).toBe("No.");
});
