import { expect, test } from "vitest";
import { HELD_MS, Hold } from "./hold";

test("held, it ends when it is let go", () => {
  const hold = new Hold();
  expect(hold.down(false, 0)).toBe("begin");
  expect(hold.up(HELD_MS)).toBe("end");
  expect(hold.up(HELD_MS + 1)).toBeNull();
});

test("pressed shortly, it goes on until it is pressed again", () => {
  const hold = new Hold();
  hold.down(false, 0);
  expect(hold.up(HELD_MS - 1)).toBeNull();
  expect(hold.down(true, 5_000)).toBe("end");
  expect(hold.up(9_000)).toBeNull();
});

test("what was refused is not ended", () => {
  const hold = new Hold();
  hold.down(false, 0);
  hold.forget();
  expect(hold.up(9_000)).toBeNull();
});
