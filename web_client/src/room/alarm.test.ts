import { expect, test } from "vitest";
import { countAlarm } from "../../fixture/counts";
import { room } from "../testing/views";
import { hallAlarm } from "./alarm";

const full = { count: 13, count_state: "over" as const };

test("the hall is told once nobody heeded, or a moderator asks", () => {
  expect(hallAlarm(room("64.02", { ...full, alarms: [countAlarm()] }))).toBeNull();
  expect(hallAlarm(room("64.02", { ...full, alarms: [countAlarm({ escalated: true })] }))).toEqual({
    why: "over",
    by: "count",
    persons: 13,
    limit: 12,
  });
  const asked = room("64.02", { ...full, alarms: [countAlarm({ escalated: true })], reduce_asked: true });
  expect(hallAlarm(asked)?.why).toBe("asked");
});

test("it is gone once a moderator has seen to it, or it is over", () => {
  for (const change of [{ by: "Sri Wahyuni" }, { ended_at: 1 }, { kind: "mismatch" as const }]) {
    const alarms = [countAlarm({ escalated: true, ...change })];
    expect(hallAlarm(room("64.02", { ...full, alarms }))).toBeNull();
  }
});

test("where only the camera sees more than are allowed, it says so", () => {
  const estimate = { persons: 14, quality: "ok" as const, since: 0 };
  const seen = room("64.02", { count: 12, estimate, reduce_asked: true });
  expect(hallAlarm(seen)).toEqual({ why: "asked", by: "camera", persons: 14, limit: 12 });
});
