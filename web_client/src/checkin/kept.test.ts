import { expect, test } from "vitest";
import type { Kept } from "./kept";
import { keeper } from "./kept";

const SITI: Kept = {
  person: "p".repeat(24), visit: 1, name: "Siti", institution: "", role: "KPU", act: { kind: "enter", at: 7 },
};

function store(fails: "never" | "full" | "off" = "never"): Storage {
  const kept = new Map<string, string>();
  const guard = (...when: string[]): void => {
    if (when.includes(fails)) throw new DOMException(fails, "QuotaExceededError");
  };
  return {
    getItem: (key: string) => (guard("off"), kept.get(key) ?? null),
    setItem: (key: string, text: string) => (guard("full", "off"), void kept.set(key, text)),
    removeItem: (key: string) => (guard("off"), void kept.delete(key)),
  } as unknown as Storage;
}

test("is there for the next page, of this door alone", () => {
  const shared = store();
  keeper(shared, "a").write(SITI);
  expect(keeper(shared, "a").read()).toEqual(SITI);
  expect(keeper(shared, "b").read()).toBeNull();
  keeper(shared, "a").write(null);
  expect(keeper(shared, "a").read()).toBeNull();
});

test("stays with the page where the browser keeps nothing", () => {
  for (const none of [null, store("full"), store("off")]) {
    const kept = keeper(none, "a");
    expect(kept.read()).toBeNull();
    kept.write(SITI);
    expect(kept.read()).toEqual(SITI);
    kept.write(null);
    expect(kept.read()).toBeNull();
  }
});

test("is nothing where it was damaged", () => {
  const shared = store();
  for (const text of ["", "x", "null", "3", "{}", JSON.stringify({ ...SITI, visit: "1" }), JSON.stringify({ ...SITI, act: 3 })]) {
    shared.setItem("a", text);
    expect(keeper(shared, "a").read()).toBeNull();
  }
});
