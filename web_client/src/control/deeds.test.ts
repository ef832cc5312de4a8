import { beforeEach, expect, test } from "vitest";
import { lang } from "../i18n";
import type { Deed } from "../protocol";
import { view } from "../testing/views";
import { deedSaid, deeds, FRESH_MS, freshDeed, movedOnBy, takeDeed } from "./deeds";

const deed = (changes: Partial<Deed>): Deed => ({
  type: "deed",
  at: 1_000,
  by: "Rini",
  act: "floor.give",
  room: null,
  what: "",
  on: null,
  ...changes,
});

const seen = view({ rooms: { "64.02": { title: "Kutai Kartanegara" } } });

beforeEach(() => {
  deeds.value = [];
  lang.value = "id";
});

test("it says what was done, to whom, and by whom", () => {
  const said = (changes: Partial<Deed>) => deedSaid(deed(changes), seen);
  expect(said({ room: "64.02" })).toBe("Tampil: Kutai Kartanegara · oleh Rini");
  expect(said({ act: "rundown.advance", what: "Doa" })).toBe("Lanjut: Doa · oleh Rini");
  expect(said({ act: "rundown.advance" })).toBe("Rundown diakhiri · oleh Rini");
  expect(said({ act: "mic.lock", on: true })).toBe("Mikrofon dikunci: Semua ruang · oleh Rini");
  expect(said({ act: "roll.mark", room: "64.02", what: "late" })).toBe(
    "Absensi Kutai Kartanegara: Terlambat · oleh Rini",
  );
  expect(said({ act: "weather.rain" })).toBeNull();
  lang.value = "en";
  expect(said({ act: "cue.send", what: "Ready" })).toContain("Ready · by Rini");
});

test("another desk of the same name is told as such", () => {
  const by = seen.you.name;
  expect(deedSaid(deed({ act: "floor.take", by }), seen)).toBe(`Kembali ke pusat · oleh meja lain (${by})`);
});

test("the newest stands for a while, twenty are kept", () => {
  for (let n = 1; n <= 25; n++) takeDeed(deed({ at: n * 1_000, what: String(n) }));
  expect(deeds.value.map((one) => one.what).slice(0, 2)).toEqual(["25", "24"]);
  expect(deeds.value).toHaveLength(20);
  expect(freshDeed(25_000 + FRESH_MS - 1)?.what).toBe("25");
  expect(freshDeed(25_000 + FRESH_MS)).toBeNull();
});

test("a step that another desk has just taken is known for a moment", () => {
  takeDeed(deed({ act: "rundown.advance", at: 1_000 }));
  takeDeed(deed({ act: "mic.lock", at: 1_100 }));
  expect(movedOnBy(1_700, 800)).toBe(true);
  expect(movedOnBy(1_800, 800)).toBe(false);
  deeds.value = [deed({ act: "roll.mark", at: 1_000 })];
  expect(movedOnBy(1_001, 800)).toBe(false);
});
