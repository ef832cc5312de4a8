import { expect, test } from "vitest";
import { runningView } from "../../fixture/ceremony";
import { drawnView, NOW, withConference, withRoom } from "../../fixture/view";
import { primaryAct, undoAct } from "../control/acts";
import { stuckNow } from "../control/stuck";
import type { ItemRunView, View } from "../protocol";
import { dropped, moved, nameOf, pending, placed, replaced, stateOf } from "./rundown";

const seen = runningView(drawnView());
const ids = (items: readonly { id: string }[] | null): string[] | null => items && items.map((one) => one.id);

function skipping(item: string): View {
  const run: ItemRunView = { item, started_at: NOW, ended_at: NOW, paused_ms: 0, skipped: true };
  const { progress } = seen.conference;
  return withConference(seen, { progress: { ...progress, runs: [...progress.runs, run] } });
}

test("what comes next stands after the current item; what was passed over comes at the end", () => {
  expect(ids(pending(seen))?.slice(0, 2)).toEqual(["i4", "i5"]);
  expect(ids(pending(skipping("i4")))?.[0]).toBe("i5");
  const { progress } = seen.conference;
  const jumped = withConference(seen, {
    progress: { ...progress, current: "i5", runs: [...progress.runs, { ...progress.runs[2], item: "i5" } as ItemRunView] },
  });
  expect(ids(pending(jumped))?.at(-1)).toBe("i4");
  expect(ids(pending(jumped))?.[0]).toBe("i6");
});

test("each item says what became of it", () => {
  const [first, , third, fourth, fifth] = seen.rundown.items;
  const states = [first, third, fourth, fifth].map((item) => item && stateOf(seen, item));
  expect(states).toEqual(["done", "current", "next", "waiting"]);
  expect(fourth && stateOf(skipping("i4"), fourth)).toBe("skipped");
});

test("Lanjut says the hall or the item, and sends what is shown as current", () => {
  const primary = primaryAct(seen);
  expect(primary).toMatchObject({ kind: "item", here: true, body: { type: "rundown.advance", current: "i3" } });
  expect(primary.kind === "item" && nameOf(seen, primary.item)).toBe("Mahakam Ulu");
  const last = seen.rundown.items.at(-1);
  expect(last && nameOf(seen, last)).toBe("Penutup dan doa");
  const away = withRoom(seen, "64.11", { presence: "lost" });
  expect(primaryAct(away)).toMatchObject({ kind: "item", here: false });
});

test("the last item ends with Lanjut; then, and without a rundown, the floor goes on as before", () => {
  const run = (item: string): ItemRunView => ({ item, started_at: 0, ended_at: 1, paused_ms: 0, skipped: false });
  const runs = seen.rundown.items.map((item) => run(item.id));
  const last = withConference(seen, { progress: { ...seen.conference.progress, current: "i15", runs } });
  expect(primaryAct(last)).toEqual({ kind: "finish", body: { type: "rundown.advance", current: "i15" } });
  const over = withConference(last, { progress: { ...last.conference.progress, current: null } });
  expect(primaryAct(over).kind).toBe("next");
  expect(primaryAct(drawnView()).kind).toBe("next");
});

test("undo takes back what was done last: the step with its floor, or the floor that was changed since", () => {
  const at = (step: number | null, floor: number | null) =>
    undoAct(withConference(seen, { undo_until: floor, progress: { ...seen.conference.progress, undo_until: step } }), NOW);
  expect(at(NOW + 8_000, NOW + 8_000)).toEqual({ seconds: 8, body: { type: "rundown.undo" } });
  expect(at(NOW + 4_000, null).body.type).toBe("rundown.undo");
  expect(at(NOW + 4_000, NOW + 9_000)).toEqual({ seconds: 9, body: { type: "floor.undo" } });
  expect(at(NOW - 1, NOW + 2_000)).toEqual({ seconds: 2, body: { type: "floor.undo" } });
  expect(at(null, null).seconds).toBe(0);
});

test("items are moved among those that have not run", () => {
  expect(ids(moved(seen, "i5", -1))?.slice(2, 6)).toEqual(["i3", "i5", "i4", "i6"]);
  expect(moved(seen, "i4", -1)).toBeNull(); // the running one stays before it
  expect(moved(seen, "i1", 1)).toBeNull();
  expect(moved(seen, "i15", 1)).toBeNull();
  expect(ids(dropped(seen, "i15", "i4"))?.slice(2, 5)).toEqual(["i3", "i15", "i4"]);
  expect(ids(dropped(seen, "i4", "i6"))?.slice(2, 6)).toEqual(["i3", "i5", "i6", "i4"]);
  expect(dropped(seen, "i15", "i2")).toBeNull();
});

test("a new item goes after the opened one, a changed one stays; an import keeps what ran", () => {
  const [item] = seen.rundown.items;
  if (!item) throw new Error("no item");
  expect(ids(placed(seen.rundown.items, { ...item, id: "new" }, "i3"))?.[3]).toBe("new");
  expect(ids(placed(seen.rundown.items, { ...item, id: "new" }, null))?.at(-1)).toBe("new");
  expect(placed(seen.rundown.items, { ...item, title: "Lain" }, null)[0]?.title).toBe("Lain");
  expect(ids(replaced(seen, [{ ...item, id: "new" }]))).toEqual(["i1", "i2", "i3", "new"]);
});

test("a refused step stands until it is settled", () => {
  const text = { id: "", en: "" };
  const step = { type: "rundown.advance", current: "i3" } as const;
  const away = withRoom(seen, "64.11", { presence: "absent", main: null });
  const absent = { code: "room_absent", text, step };
  expect(stuckNow(away, absent)).toMatchObject({ item: { id: "i4" }, hall: { code: "64.11" } });
  expect(stuckNow(seen, absent)).toBeNull(); // it has come
  const on = withConference(away, { progress: { ...seen.conference.progress, current: "i5" } });
  expect(stuckNow(on, absent)).toBeNull();
  expect(stuckNow(on, { code: "rundown_moved", text, step })).not.toBeNull();
});
