import { expect, test } from "vitest";
import { deskKey, neighbour } from "./keys";

const press = (key: string, repeat = false) => ({ key, repeat, ctrlKey: false, altKey: false, metaKey: false });

test("letters act once, not while typing and not in a dialogue", () => {
  expect(deskKey(press("U"), "page")).toBe("test");
  expect(deskKey(press("s"), "control")).toBe("sweep");
  expect(deskKey(press("u", true), "page")).toBeNull();
  expect(deskKey(press("u"), "typing")).toBeNull();
  expect(deskKey(press("Escape"), "dialog")).toBeNull();
  expect(deskKey({ ...press("s"), ctrlKey: true }, "page")).toBeNull();
  expect(deskKey(press("ArrowDown", true), "page")).toBe("down");
});

test("arrows stop at both ends", () => {
  expect(neighbour(["a", "b", "c"], "b", 1)).toBe("c");
  expect(neighbour(["a", "b", "c"], "c", 1)).toBe("c");
  expect(neighbour(["a", "b"], "a", -1)).toBe("a");
  expect(neighbour(["a", "b"], null, 1)).toBe("a");
  expect(neighbour([], null, 1)).toBeNull();
});
