import { expect, test } from "vitest";
import { drawnView, NOW, withConference, withRoom } from "../../fixture/view";
import { nextRoom, primaryAct, showAct, undoSeconds } from "./acts";

const view = drawnView();

test("the large button opens, starts, then goes on", () => {
  const at = (phase: "draft" | "lobby" | "live" | "closed") =>
    primaryAct(withConference(view, { phase }));
  expect(at("draft")).toEqual({ kind: "open", body: { type: "phase.set", phase: "lobby" } });
  expect(at("lobby")).toEqual({ kind: "start", body: { type: "phase.set", phase: "live" } });
  expect(at("live")).toMatchObject({ kind: "next", body: { type: "floor.give", room: "64.11" } });
  expect(at("closed")).toEqual({ kind: "closed" });
});

test("a cued room that is not there cannot be given the floor, but skipped", () => {
  const absent = withConference(view, { next: "64.09" });
  expect(primaryAct(absent)).toMatchObject({ kind: "next", body: null });
  expect(showAct(absent)).toMatchObject({
    kind: "skip",
    to: { code: "64.74" },
    body: { type: "floor.cue", room: "64.74" },
  });
});

test("without a cue the first present room after the one on air is next", () => {
  expect(nextRoom(withConference(view, { next: null }))?.code).toBe("64.11");
  expect(nextRoom(withConference(view, { next: null, floor: null }))?.code).toBe("64.08");
});

test("N rehearses in the lobby and does nothing before and after", () => {
  expect(showAct(withConference(view, { phase: "lobby" })).kind).toBe("show");
  expect(showAct(withConference(view, { phase: "draft" })).kind).toBe("none");
  expect(showAct(withConference(view, { phase: "closed" })).kind).toBe("none");
});

test("nobody else is there", () => {
  let alone = withConference(view, { next: null });
  for (const room of view.rooms.slice(2)) {
    alone = withRoom(alone, room.code, { presence: "absent", main: null });
  }
  expect(primaryAct(alone)).toEqual({ kind: "nobody" });
  expect(showAct(alone)).toEqual({ kind: "none", room: null });
});

test("undo counts down to nothing", () => {
  expect(undoSeconds(NOW + 9_400, NOW)).toBe(10);
  expect(undoSeconds(NOW - 1, NOW)).toBe(0);
  expect(undoSeconds(null, NOW)).toBe(0);
});
