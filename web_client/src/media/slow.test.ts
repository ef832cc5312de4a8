import { expect, test } from "vitest";
import { Slowness } from "./slow";

test("the share of the time since the last report", () => {
  const slow = new Slowness();
  slow.take(2);
  expect(slow.report(10_000)).toBeNull();
  slow.take(6.5);
  expect(slow.report(15_000)).toBe(90);
  expect(slow.report(20_000)).toBe(0);
});

test("never more than all of it", () => {
  const slow = new Slowness();
  slow.take(0);
  slow.report(0);
  slow.take(9);
  expect(slow.report(5_000)).toBe(100);
});

test("a browser that does not count, and another connection, say nothing", () => {
  const slow = new Slowness();
  slow.take(null);
  expect(slow.report(1_000)).toBeNull();
  slow.take(20);
  expect(slow.report(2_000)).toBeNull();
  slow.take(0.5);
  expect(slow.report(7_000)).toBeNull();
  slow.take(1.5);
  expect(slow.report(12_000)).toBe(20);
});
