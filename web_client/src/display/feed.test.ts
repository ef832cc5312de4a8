import { expect, test } from "vitest";
import { view as seen } from "../testing/views";
import { type Feed, makeLender } from "./feed";

const feed: Feed = { view: seen(), streams: {}, link: { state: "open" }, now: 1_000 };

function lending(first: Feed | null = feed) {
  let [now, changed] = [first, (): void => {}];
  const lender = makeLender(
    () => now,
    (tell) => (changed = tell),
  );
  return {
    lender,
    becomes: (next: Feed): void => {
      now = next;
      changed();
    },
  };
}

test("a display is told at once, and of each change, until it takes leave", () => {
  const { lender, becomes } = lending();
  const told: number[] = [];
  const leave = lender.follow((one) => told.push(one.now), { closed: false });
  becomes({ ...feed, now: 2_000 });
  leave();
  becomes({ ...feed, now: 3_000 });
  expect(told).toEqual([1_000, 2_000]);
});

test("a window that was closed is told nothing any more", () => {
  const { lender, becomes } = lending();
  const [told, display] = [[] as number[], { closed: false }];
  lender.follow((one) => told.push(one.now), display);
  display.closed = true;
  becomes({ ...feed, now: 2_000 });
  display.closed = false;
  becomes({ ...feed, now: 3_000 });
  expect(told).toEqual([1_000]);
});

test("before the page is in the conference there is nothing to show", () => {
  const { lender, becomes } = lending(null);
  const told: number[] = [];
  lender.follow((one) => told.push(one.now), { closed: false });
  expect(told).toEqual([]);
  becomes(feed);
  expect(told).toEqual([1_000]);
});
