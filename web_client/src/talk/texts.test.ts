import { beforeEach, expect, test } from "vitest";
import type { LineText } from "../protocol";
import { forgetTexts, takeText, texts } from "./texts";

const said = (number: number, line = "a"): LineText => ({
  type: "line.text",
  line,
  number,
  side: "caller",
  by: "T",
  at: number,
  text: `t${number}`,
});
const numbers = (line: string): number[] => (texts.value[line] ?? []).map((one) => one.number);

beforeEach(() => (texts.value = {}));

test("messages stand in their order, each once, the last two hundred", () => {
  for (const number of [2, 1, 2, 3]) takeText(said(number));
  expect(numbers("a")).toEqual([1, 2, 3]);
  for (let number = 4; number <= 230; number++) takeText(said(number));
  expect(numbers("a")).toHaveLength(200);
  expect(numbers("a")[0]).toBe(31);
});

test("lines of long ago are forgotten, and one that is put away at once", () => {
  for (let n = 0; n < 12; n++) takeText(said(1, `line ${n}`));
  expect(Object.keys(texts.value)).toHaveLength(8);
  expect(numbers("line 11")).toEqual([1]);
  forgetTexts("line 11");
  expect(numbers("line 11")).toEqual([]);
});
