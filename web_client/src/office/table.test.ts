import { expect, test } from "vitest";
import { atOnce, copied, faultsOf, freeId, mended, minutesSaid, moved, recoded, sent, type Table } from "./table";

const TABLE: Table = {
  id: "kaltim-2020",
  title: " Deklarasi ",
  timezone: "Asia/Makassar",
  hub: { code: "64", name: "Provinsi" },
  rooms: [
    { code: "64.01", name: "Paser", cap: "12" },
    { code: "64.02", name: "Kukar", cap: "dua belas" },
  ],
  moderators: [{ name: "Rini" }],
  rundown: [
    { kind: "speech", title: "Pernyataan", minutes: "2:30", room: "64.01" },
    { kind: "free", title: "Jeda", minutes: "sebentar" },
    { kind: "free", title: "Penutup", minutes: 0.1 },
  ],
  rehearsal: [{ item: 1, act: "late", room: "64.01" }],
};

test("figures are sent as numbers, what is none as it was typed", () => {
  const made = sent(TABLE);
  expect([made.hub.cap, ...made.rooms.map((room) => room.cap)]).toEqual([12, 12, "dua belas"]);
  expect(made.rundown?.map((item) => item.minutes)).toEqual([2.5, "sebentar", 0.1]);
  expect(made.title).toBe("Deklarasi");
});

test.each([
  [2.5, "2:30"],
  [3, "3"],
  [0.1, "0:06"],
  ["2,5", "2,5"],
])("%s minutes are read as %s", (value, said) => {
  expect(minutesSaid(value)).toBe(said);
});

test("what is read comes back as the same length", () => {
  for (const value of [0.1, 1 / 3, 2.5, 3, 61, 1440]) {
    const item = { kind: "free", title: "x", minutes: minutesSaid(value) };
    const [again] = sent({ ...TABLE, rundown: [item] }).rundown ?? [];
    expect(Math.round(Number(again?.minutes) * 60)).toBe(Math.round(value * 60));
  }
});

test("a copy has a free id and nothing of the rehearsal", () => {
  const copy = copied(TABLE, ["kaltim-2020", "kaltim-2020-2"]);
  expect([copy.id, copy.rehearsal]).toEqual(["kaltim-2020-3", []]);
  copy.rooms[0]!.name = "lain";
  expect(TABLE.rooms[0]?.name).toBe("Paser");
  expect(freeId("gladi", [])).toBe("gladi-2");
  expect(freeId("x".repeat(64), [])).toHaveLength(60);
});

test("how long data are kept is sent as numbers, what is none as it was typed", () => {
  const retention = { automatic: true, attendance_days: " 30 ", trials_days: "setahun", recordings_days: "7" };
  expect(sent({ ...TABLE, retention }).retention).toEqual({
    automatic: true,
    attendance_days: 30,
    trials_days: "setahun",
    recordings_days: 7,
  });
  expect(sent({ ...TABLE, retention: { automatic: true } }).retention).toEqual({ automatic: true });
  expect("retention" in sent(TABLE)).toBe(false);
});

test.each([
  [{ automatic: true, attendance_days: "0" }, true],
  [{ automatic: true, attendance_days: 1 }, false],
  [{ automatic: true }, false],
  [{ attendance_days: "0" }, false],
])("%o: names go at once is %s", (keep, said) => {
  expect(atOnce(keep)).toBe(said);
});

test("elements move within the list and not beyond it", () => {
  expect(moved(["a", "b", "c"], 2, 0)).toEqual(["c", "a", "b"]);
  expect(moved(["a", "b"], 0, -1)).toEqual(["a", "b"]);
  expect(moved(["a", "b"], 1, 2)).toEqual(["a", "b"]);
});

test("a room under another code keeps its items", () => {
  expect(recoded(TABLE, "64.01", "64.99").map((item) => item.room)).toEqual(["64.99", undefined, undefined]);
  expect(recoded(TABLE, "", "64.99")).toEqual(TABLE.rundown);
});

test("a fault goes when its field is changed", () => {
  const text = { id: "salah", en: "wrong" };
  const faults = faultsOf([
    { place: ["rooms", 3, "cap"], text },
    { place: ["rooms", 30, "cap"], text },
    { place: ["title"], text },
  ]);
  expect(Object.keys(faults)).toEqual(["rooms.3.cap", "rooms.30.cap", "title"]);
  expect(Object.keys(mended(faults, "rooms.3"))).toEqual(["rooms.30.cap", "title"]);
  expect(Object.keys(mended(faults, "rooms"))).toEqual(["title"]);
});
