import { expect, test } from "vitest";
import { countAlarm } from "../../fixture/counts";
import { device, drawnView, NOW, withRoom } from "../../fixture/view";
import { isUrgent, taskKey, tasksOf } from "./tasks";

test("over the cap, lost and hands are tasks; full is good to know", () => {
  const tasks = tasksOf(drawnView());
  expect(tasks.map((task) => `${task.kind} ${task.room.code}`)).toEqual([
    "over 64.01",
    "lost 64.03",
    "hand 64.74",
    "hand 64.02",
    "full 64.71",
  ]);
  expect(tasks.filter(isUrgent)).toHaveLength(4);
});

test("each waiting device is a task of its own, before all others", () => {
  const waiting = [device("a", { waiting: true }), device("b", { waiting: true })];
  const tasks = tasksOf(withRoom(drawnView(), "64.07", { devices: waiting }));
  expect(tasks.slice(0, 2).map((task) => task.kind)).toEqual(["waiting", "waiting"]);
  expect(new Set(tasks.map(taskKey)).size).toBe(tasks.length);
});

test("what was allowed is settled; more than that is a task again", () => {
  const allowed = withRoom(drawnView(), "64.01", { limit: 13 });
  expect(tasksOf(allowed).some((task) => task.kind === "over")).toBe(false);
  const more = withRoom(allowed, "64.01", { count: 14, tally: 13 });
  expect(tasksOf(more).find((task) => task.kind === "over")).toMatchObject({ by: 2 });
});

test("an alarm stands in the place of the task that it grew from, marked or not", () => {
  const seen = withRoom(drawnView(), "64.01", { alarms: [countAlarm()] });
  expect(tasksOf(seen).map((task) => `${task.kind} ${task.room.code}`).slice(0, 2)).toEqual([
    "alarm 64.01",
    "lost 64.03",
  ]);
  const marked = withRoom(seen, "64.01", { alarms: [countAlarm({ by: "Sri Wahyuni" })] });
  const kinds = tasksOf(marked).filter((task) => task.room.code === "64.01");
  expect(kinds.map((task) => [task.kind, isUrgent(task)])).toEqual([["alarm", false]]);
});

test("an alarm that is over still waits for its mark, beside the room's new excess", () => {
  const ended = countAlarm({ ended_at: NOW });
  const tasks = tasksOf(withRoom(drawnView(), "64.01", { alarms: [ended] }));
  expect(tasks.slice(0, 2).map((task) => [task.kind, isUrgent(task)])).toEqual([
    ["alarm", true],
    ["over", true],
  ]);
});

test("two alarms of one room are two tasks", () => {
  const alarms = [countAlarm(), countAlarm({ kind: "mismatch" })];
  const tasks = tasksOf(withRoom(drawnView(), "64.01", { alarms }));
  expect(new Set(tasks.map(taskKey)).size).toBe(tasks.length);
});
