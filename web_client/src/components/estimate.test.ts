import { expect, test } from "vitest";
import { room } from "../testing/views";
import { estimateTone, estimateWord, sourcesOf, sourcesSaid } from "./estimate";

const seen = (persons: number | null, quality: "ok" | "covered" | "crowded") =>
  room("64.02", { tally: 9, declared: 10, count: 10, estimate: { persons, quality, since: 0 } });

test("a camera's figure is an estimate, and without one there is a reason, never nought", () => {
  expect(estimateWord(seen(9, "ok"))).toBe("kira-kira 9");
  expect(estimateWord(seen(0, "ok"))).toBe("kira-kira 0");
  expect(estimateWord(seen(null, "covered"))).toBe("kamera tertutup");
  expect(estimateWord(seen(14, "crowded"))).toContain("bisa lebih");
  expect(estimateWord(room("64.02", { estimate: null }))).toBeNull();
  expect(estimateWord(room("64.02", { counted: false, estimate: null }))).toBe("tidak dihitung");
});

test("from one below the cap on it is seen without looking for it", () => {
  const tones = [0, 10, 11, 12, 13].map((persons) => estimateTone(seen(persons, "ok")));
  expect(tones).toEqual(["plain", "plain", "near", "near", "over"]);
  expect(estimateTone(seen(null, "covered"))).toBe("plain");
});

test("all sources of a room's figure stand in one sentence", () => {
  expect(sourcesSaid(seen(9, "ok"))).toBe(
    "Angka operator 9, perangkat pendamping 1, daftar hadir –, kamera kira-kira 9.",
  );
  expect(sourcesSaid(room("64.02", { tally: null, declared: null, count: null }))).toBe(
    "Angka operator belum diisi, daftar hadir –.",
  );
});

test("a tile has them in three short lines, and nobody listed is not nought", () => {
  expect(sourcesOf(seen(9, "ok"))).toEqual([
    "operator 9 + perangkat 1",
    "daftar hadir –",
    "kamera kira-kira 9",
  ]);
  const listed = room("64.02", { tally: null, declared: null, checked_in: 8, count: 8 });
  expect(sourcesOf(listed)).toEqual(["operator –", "daftar hadir 8"]);
});
