import { expect, test } from "vitest";
import type { DrillView } from "../protocol";
import { isGood, ofRoom, sumOf } from "./drill";

const drill: DrillView = {
  at: 1,
  by: "Rini",
  found: [
    { room: "64.02", kind: "server", seconds: 4.2 },
    { room: "64.02", kind: "cut", seconds: 0.5 },
    { room: "64.08", kind: "cut", seconds: 15.1 },
    { room: "64.08", kind: "server", seconds: null },
  ],
};

test("the longest of those that came back, and each room that did not in time", () => {
  expect(sumOf(drill)).toEqual({ worst: 15.1, bad: ["64.08"] });
  expect(sumOf({ ...drill, found: [] })).toEqual({ worst: 0, bad: [] });
  expect(drill.found.map(isGood)).toEqual([true, true, false, false]);
});

test("a room's results stand in the order of the drills", () => {
  expect(ofRoom(drill, "64.02").map((one) => one.kind)).toEqual(["cut", "server"]);
  expect(ofRoom(drill, "64.11")).toEqual([]);
  expect(ofRoom(null, "64.02")).toEqual([]);
});
