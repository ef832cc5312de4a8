import { expect, test } from "vitest";
import type { Figures } from "./down";
import { Seen } from "./seen";

function figures(changes: Partial<Figures> = {}): Figures {
  return {
    frames: 100,
    received: 900,
    lost: 0,
    level: 0,
    freezes: 1,
    frozenSeconds: 0.4,
    dropped: 2,
    fps: 24,
    lines: 360,
    samples: 48_000,
    concealed: 480,
    ...changes,
  };
}

test("counters go on, made-up sound is that since the last report", () => {
  const seen = new Seen();
  const first = seen.report(new Map([["64", figures()]]));
  expect(first).toEqual([
    { room: "64", freezes: 1, frozen_s: 0.4, dropped: 2, fps: 24, concealed_percent: 1 },
  ]);
  const later = figures({ freezes: 3, samples: 96_000, concealed: 480 });
  expect(seen.report(new Map([["64", later]]))[0]).toMatchObject({
    freezes: 3,
    concealed_percent: 0,
  });
});

test("what is not known is null, and a room of which nothing came is left out", () => {
  const still = figures({ fps: null, samples: 0, concealed: 0 });
  const seen = new Seen().report(new Map([["64", still], ["64.01", figures({ received: 0 })]]));
  expect(seen.map((one) => [one.room, one.fps, one.concealed_percent])).toEqual([["64", null, null]]);
});
