import { beforeEach, expect, test } from "vitest";
import { calledView, drawnItems, pactView, saidView } from "../../fixture/ceremony";
import { drawnView, withRoom } from "../../fixture/view";
import { isUrgent, tasksOf } from "../control/tasks";
import { tallyOf } from "../control/state";
import type { RoomView, View } from "../protocol";
import { isSigned, pointsOf, pointsText, signState } from "./board";
import { listed, readOf } from "./cues";
import { backOf, editOf, forgetStep, forgetSteps, keepStep } from "./edits";
import { cameLate, nextMark, proposedOf, rollSum } from "./roll";

beforeEach(forgetSteps);

const roomIn = (view: View, code: string): RoomView => {
  const found = view.rooms.find((room) => room.code === code);
  if (!found) throw new Error(code);
  return found;
};

test("a room's key marks as proposed, then goes through the marks", () => {
  const seen = drawnView();
  expect(nextMark(roomIn(seen, "64.11"))).toBe("present");
  expect(nextMark(roomIn(seen, "64.09"))).toBe("absent");
  expect(proposedOf(roomIn(seen, "64.03"))).toBe("present"); // its line is lost for the moment
  const at = { at: 0, by: "Sri" };
  const after = (["present", "late", "excused", "absent"] as const).map((status) =>
    nextMark({ ...roomIn(seen, "64.11"), roll: { ...at, status } }),
  );
  expect(after).toEqual(["late", "excused", "absent", "present"]);
});

test("the roll tells who is absent, who is excused, who came by itself, who is not marked", () => {
  const seen = calledView(drawnView());
  const sum = rollSum(seen);
  expect([sum.here, sum.all]).toEqual([7, 10]);
  expect(sum.absent.map((room) => room.code)).toEqual(["64.09"]);
  expect(sum.excused.map((room) => room.code)).toEqual(["64.71"]);
  expect(sum.unmarked.map((room) => room.code)).toEqual(["64.03"]);
  expect(cameLate(roomIn(seen, "64.72"))).toBe(true);
});

test("a message says how many have read it, the newest first", () => {
  const seen = saidView(drawnView());
  const [all, one] = listed(seen);
  if (!all || !one) throw new Error("no messages");
  expect(readOf(seen, all)).toMatchObject({ read: 7, all: 10 });
  expect(readOf(seen, all).missing.map((room) => room.code)).toEqual(["64.09", "64.03", "64.02"]);
  expect(readOf(seen, one)).toMatchObject({ read: 1, all: 1, missing: [] });
});

test("a hall's call for help is an urgent task before all alarms", () => {
  const [first] = tasksOf(saidView(drawnView()));
  expect(first).toMatchObject({ kind: "help", room: { code: "64.07" } });
  expect(first && isUrgent(first)).toBe(true);
});

test("a room is ready to sign with everybody ready and a witness", () => {
  const seen = pactView(drawnView());
  const states = ["64.08", "64.07", "64.74", "64.72", "64.02"].map((code) => signState(roomIn(seen, code)));
  expect(states).toEqual(["signed", "ready", "unready", "unready", "none"]);
  expect(isSigned(seen)).toBe(true);
  expect(isSigned(drawnView())).toBe(false);
});

test("points are paragraphs; their numbers are made anew", () => {
  const points = ["Satu\nbaris.", "Dua."];
  expect(pointsOf("1. Satu\nbaris.\n\n \n2) Dua.\n")).toEqual(["Satu baris.", "Dua."]);
  expect(pointsOf(pointsText(points))).toEqual(["Satu baris.", "Dua."]);
  expect(pointsOf(" \n\n ")).toEqual([]);
});

test("this desk's edits are taken back one after the other, unless somebody edited since", () => {
  const items = drawnItems(drawnView());
  const at = (version: number, list = items) => ({ items: list, version });
  expect(backOf(at(3))).toBeNull();
  keepStep(at(3));
  keepStep(at(4, items.slice(1)));
  expect(backOf(at(5, []))?.items).toHaveLength(14);
  expect(backOf(at(6, []))).toBeNull();
  forgetStep(at(5, []));
  expect(backOf(at(6, items.slice(1)))).toMatchObject({ version: 6, items });
  expect(editOf(at(9), items)).toMatchObject({ type: "rundown.edit", version: 9 });
});

test("red frames stand round all that everyone sees: the second room, or the hub alone", () => {
  const seen = withRoom(drawnView(), "64.74", {});
  const on = { ...seen.conference, beside: "64.74" };
  expect(tallyOf(roomIn(seen, "64.74"), on)).toBe("air");
  expect(tallyOf(roomIn(seen, "64.08"), on)).toBe("air");
  expect(tallyOf(roomIn(seen, "64.08"), { ...on, black: true })).toBeNull();
  expect(tallyOf(roomIn(seen, "64"), { ...on, black: true })).toBe("air");
});
