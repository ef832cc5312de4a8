import { expect, test } from "vitest";
import { countAlarm } from "../../fixture/counts";
import { drawnView, NOW, withConference, withRoom } from "../../fixture/view";
import { alarmKey, alarmsOf, figuresOf, loudAlarms, mostOf, topAlarm } from "./alarms";

const view = drawnView();
const loud = countAlarm({ escalated: true, raised_at: NOW - 10_000 });
const old = countAlarm({ raised_at: NOW - 90_000 });
const over = countAlarm({ raised_at: NOW - 99_000, ended_at: NOW - 1_000, escalated: true });
const marked = countAlarm({ by: "Sri Wahyuni", escalated: true });

test("the most pressing alarm is first: loud, standing, over, marked", () => {
  let seen = withRoom(view, "64.01", { alarms: [marked] });
  seen = withRoom(seen, "64.07", { alarms: [over] });
  seen = withRoom(seen, "64.72", { alarms: [old] });
  seen = withRoom(seen, "64", { alarms: [loud] });
  expect(alarmsOf(seen).map((one) => one.room.code)).toEqual(["64", "64.72", "64.07", "64.01"]);
  expect(topAlarm(seen)?.room.code).toBe("64");
  expect(loudAlarms(seen).map((one) => one.alarm)).toEqual([loud]);
});

test("a marked alarm is nothing for the keys, and the session's end settles all", () => {
  const seen = withRoom(view, "64.01", { alarms: [marked] });
  expect(topAlarm(seen)).toBeNull();
  const closed = withConference(withRoom(view, "64.01", { alarms: [loud] }), { phase: "closed" });
  expect(alarmsOf(closed)).toEqual([]);
});

test("a standing alarm has the present figures, one that is over those of its beginning", () => {
  const estimate = { persons: 15, quality: "ok" as const, since: 0 };
  const room = { ...drawnView().rooms[3]!, count: 14, limit: 13, estimate };
  expect(figuresOf({ room, alarm: old })).toEqual({ counted: 14, camera: 15, limit: 13 });
  expect(mostOf(figuresOf({ room, alarm: old }))).toBe(15);
  expect(figuresOf({ room, alarm: over })).toEqual({ counted: 12, camera: 13, limit: 12 });
  expect(mostOf({ counted: null, camera: null, limit: 12 })).toBe(0);
});

test("an alarm that comes again is another one", () => {
  const room = drawnView().rooms[3]!;
  expect(alarmKey({ room, alarm: old })).not.toBe(alarmKey({ room, alarm: loud }));
});
