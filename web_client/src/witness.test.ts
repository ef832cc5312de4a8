import { expect, test } from "vitest";
import { MOST_KEPT, Witness } from "./witness";

test("the first word that it was asked for is its word, and none is forgotten", () => {
  const page = new Witness();
  expect(page.asked("k1", "takeover")).toBe("takeover");
  expect(page.asked("k1", "alone")).toBe("takeover");
  for (let n = 2; n <= MOST_KEPT; n++) expect(page.asked(`k${n}`, "alone")).toBe("alone");
  expect(page.asked("more", "alone")).toBeNull();
  expect(page.asked("k1", "alone")).toBe("takeover");
});
