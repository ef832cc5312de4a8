import { expect, test } from "vitest";
import { device, drawnView, withRoom } from "../../fixture/view";
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
