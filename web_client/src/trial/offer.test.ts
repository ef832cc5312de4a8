// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { link } from "../store";
import { offered, offerStation, withdrawStation } from "./offer";

const asked = vi.hoisted(() => vi.fn<(body: { type: string }) => Promise<unknown>>());

vi.mock("../store", async (original) => ({
  ...(await original<typeof import("../store")>()),
  quietCommand: asked,
}));

const refusal = { code: "busy", text: { id: "", en: "" }, uncertain: false };
const offers = () => asked.mock.calls.filter(([body]) => body.type === "trial.offer").length;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, "warn").mockImplementation(() => {});
  asked.mockReset();
  asked.mockRejectedValueOnce(refusal).mockResolvedValue(null);
  link.value = { state: "open" };
  offerStation();
});

afterEach(() => {
  withdrawStation();
  link.value = { state: "waiting" };
  vi.useRealTimers();
});

test("an offer that was refused is made again", async () => {
  await vi.advanceTimersByTimeAsync(1_900);
  expect([offers(), offered.value]).toEqual([1, false]);
  await vi.advanceTimersByTimeAsync(200);
  expect([offers(), offered.value]).toEqual([2, true]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(offers()).toBe(2);
});

test("not by a page that is no station any more", async () => {
  await vi.advanceTimersByTimeAsync(1_000);
  withdrawStation();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(offers()).toBe(1);
});

test("a new link offers by itself, and once", async () => {
  await vi.advanceTimersByTimeAsync(1_000);
  link.value = { state: "waiting" };
  link.value = { state: "open" };
  await vi.advanceTimersByTimeAsync(60_000);
  expect([offers(), offered.value]).toEqual([2, true]);
});
