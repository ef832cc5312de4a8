// Nothing that a person reads is there in one language alone.

import { afterAll, expect, test } from "vitest";
import type { Language } from "../protocol";
import { unspoken } from "../testing/unspoken";
import { define, lang } from ".";

const tables = import.meta.glob<Record<string, unknown>>(["./*.ts", "!./*.test.ts", "!./index.ts"], { eager: true });
const pages = import.meta.glob<string>(["../**/*.tsx", "!../**/*.test.tsx"], {
  query: "?raw",
  import: "default",
  eager: true,
});

afterAll(() => {
  lang.value = "id";
});

/** Keys of which a language has no words, or other ones than a sentence with the same values. */
function gaps(table: Record<string, unknown>): string[] {
  const both = Object.keys(table).map((key) => [key, inLanguage(table, key, "id"), inLanguage(table, key, "en")] as const);
  return both.filter(([, id, en]) => !isSaid(id) || !isSaid(en) || typeof id !== typeof en).map(([key]) => key);
}

function inLanguage(table: Record<string, unknown>, key: string, of: Language): unknown {
  lang.value = of;
  const found = table[key];
  const text = found as { id?: unknown; en?: unknown } | undefined;
  return typeof found === "object" && found ? text?.[of] : found;
}

function isSaid(words: unknown): boolean {
  return typeof words === "function" || (typeof words === "string" && words.trim() !== "");
}

test("every table of words is whole in both languages", () => {
  const whole = Object.entries(tables).flatMap(([file, exported]) =>
    Object.entries(exported).flatMap(([name, table]) =>
      table && typeof table === "object" ? gaps(table as Record<string, unknown>).map((key) => `${file} ${name}.${key}`) : [],
    ),
  );
  expect(Object.keys(tables).length).toBeGreaterThan(15);
  expect(whole).toEqual([]);
});

test("no page has words of its own", () => {
  const found = Object.entries(pages).flatMap(([file, source]) => unspoken(file, source).map((word) => `${file}: ${word}`));
  expect(Object.keys(pages).length).toBeGreaterThan(80);
  expect(found).toEqual([]);
});

test("a missing word is found", () => {
  // @ts-expect-error: this is no table, and tsc says so
  const half = define({ id: { join: "Gabung", turn: "Giliran" }, en: { join: "Join" } });
  expect(gaps(half)).toEqual(["turn"]);
  expect(gaps(define({ id: { join: "Gabung" }, en: { join: " " } }))).toEqual(["join"]);
  // @ts-expect-error: words for one language more are of no use
  define({ id: { join: "Gabung" }, en: { join: "Join", leave: "Leave" } });
});

test("words within a page are found, values and names are not", () => {
  const page = (inside: string): string[] => unspoken("page.tsx", `const A = () => ${inside};`);
  expect(page("<p>Halo {t.join}</p>")).toEqual(["Halo"]);
  expect(page('<p>{busy ? "Tunggu" : t.join}</p>')).toEqual(["Tunggu"]);
  expect(page("<p>{n && `${n} orang`}</p>")).toEqual(["orang"]);
  expect(page('<input placeholder="Nama" class="input" />')).toEqual(["Nama"]);
  expect(page('<button aria-label={open ? "Tutup" : t.open} />')).toEqual(["Tutup"]);
  expect(page('<p class="strong">{t.join} ({n}p) · {kind === "main" && t.main} PDF</p>')).toEqual([]);
});
