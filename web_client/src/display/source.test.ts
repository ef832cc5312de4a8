import { expect, test } from "vitest";
import { type Around, RELOAD_MS, step } from "./source";

function around(changes: Partial<Around>): Around {
  return { source: null, lender: false, orphan: true, missing: 0, token: true, ...changes };
}

test("a display that a page opened is fed by it, and needs no link", () => {
  expect(step(around({ lender: true, orphan: false }))).toBe("page");
  expect(step(around({ lender: true, orphan: false, token: false }))).toBe("page");
  expect(step(around({ source: "page", lender: true, orphan: false }))).toBe("stay");
});

test("opened by itself it has a connection of its own, or says that its link is not whole", () => {
  expect(step(around({}))).toBe("own");
  expect(step(around({ token: false }))).toBe("lost");
  expect(step(around({ source: "lost", token: false }))).toBe("stay");
});

test("a page that is reloaded is waited for, one that was closed is not", () => {
  const reloading = { source: "page" as const, orphan: false };
  expect(step(around({ ...reloading, missing: RELOAD_MS - 1 }))).toBe("stay");
  expect(step(around({ ...reloading, missing: RELOAD_MS }))).toBe("own");
  expect(step(around({ source: "page", missing: 1 }))).toBe("own");
  expect(step(around({ source: "page", missing: 1, token: false }))).toBe("lost");
});

test("once the page is back, the second download ends", () => {
  expect(step(around({ source: "own", lender: true, orphan: false }))).toBe("reload");
  expect(step(around({ source: "lost", lender: true, orphan: false, token: false }))).toBe("page");
  expect(step(around({ source: "own" }))).toBe("stay");
});
