// @vitest-environment happy-dom
// The handbooks (docs/handbook) quote the pages: what is bold there stands on a page, in that language.

import { afterAll, expect, test } from "vitest";
import type { Language } from "../protocol";
import { define, lang } from ".";

const tables = import.meta.glob<Record<string, unknown>>(["./*.ts", "!./*.test.ts", "!./index.ts"], { eager: true });
const books = import.meta.glob<string>("../../../docs/handbook/*.*.md", { query: "?raw", import: "default", eager: true });

afterAll(() => {
  lang.value = "id";
});

const VALUE = "…";

/** All words of a table in a language; a sentence with values has VALUE in their place. */
function spoken(table: object, of: Language): string[] {
  lang.value = of;
  return Object.keys(table).flatMap((key) => {
    const said: unknown = Reflect.get(table, key);
    if (typeof said === "string") return [said];
    if (typeof said !== "function") return [];
    const values = Array.from({ length: said.length }, () => VALUE);
    return [String(Reflect.apply(said, undefined, values))];
  });
}

function vocabulary(of: Language): Set<string> {
  const exported = Object.values(tables).flatMap((file) => Object.values(file));
  return new Set(exported.flatMap((table) => (table && typeof table === "object" ? spoken(table, of) : [])));
}

/** What the text quotes: its bold parts. */
function quoted(text: string): string[] {
  return [...text.matchAll(/\*\*(.+?)\*\*/g)].map((match) => match[1] ?? "");
}

test.each(["id", "en"] as const)("what the handbooks quote stands on the pages, %s", (of) => {
  const known = vocabulary(of);
  const mine = Object.entries(books).filter(([file]) => file.endsWith(`.${of}.md`));
  expect(mine.length).toBe(2);
  for (const [file, text] of mine) {
    const said = quoted(text);
    expect(said.length, file).toBeGreaterThan(80);
    expect(said.filter((words) => !known.has(words)), file).toEqual([]);
  }
});

test("words that stand on no page are found", () => {
  const t = define({
    id: { join: "Gabung", turn: (n: number) => `Giliran ${n} dari` },
    en: { join: "Join", turn: (n: number) => `Turn ${n} of` },
  });
  expect(spoken(t, "id")).toEqual(["Gabung", "Giliran … dari"]);
  expect(spoken(t, "en")).toEqual(["Join", "Turn … of"]);
  expect(quoted("Tekan **Gabung**, lalu **Giliran … dari**.")).toEqual(["Gabung", "Giliran … dari"]);
});
