import { expect, test } from "vitest";
import { type Focus, keyAct, type KeyPress, PRINTED } from "./keys";

const press = (key: string, changes: Partial<KeyPress> = {}): KeyPress => ({
  key,
  repeat: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  ...changes,
});
const act = (key: string, focus: Focus = "page") => keyAct(press(key), focus);

test("each key that is printed on the page does its act, in either case", () => {
  expect(act(" ")).toEqual({ act: "primary" });
  expect(act("N")).toEqual({ act: "show" });
  expect(["z", "m", "k", "p"].map((key) => act(key)?.act)).toEqual([
    "undo",
    "muteAll",
    "lock",
    "hub",
  ]);
  expect(["e", "a", "r", "l", "s"].map((key) => act(key)?.act)).toEqual([
    "events",
    "mark",
    "reduce",
    "allow",
    "silence",
  ]);
  expect(act("1")).toEqual({ act: "open", place: 1 });
  expect(act("0")).toEqual({ act: "open", place: 10 });
  expect([",", "/"].map((key) => act(key)?.act)).toEqual(["present", "share"]);
  expect(["x", "j", "b", "g", "v", "?", "."].map((key) => act(key)?.act)).toEqual([
    "skip",
    "pause",
    "black",
    "beside",
    "pin",
    "help",
    "recording",
  ]);
  expect(["d", "h", "o", "i"].map((key) => act(key)?.act)).toEqual(["rundown", "roll", "messages", "pact"]);
  expect(["u", "t", "f", "y", "w", "q"].map((key) => act(key)?.act)).toEqual([
    "announce",
    "technician",
    "call",
    "answer",
    "write",
    "end",
  ]);
});

test("a held key and the browser's own keys do nothing", () => {
  expect(keyAct(press(" ", { repeat: true }), "page")).toBeNull();
  expect(keyAct(press("p", { ctrlKey: true }), "page")).toBeNull();
  expect(keyAct(press("1", { altKey: true }), "page")).toBeNull();
  expect(keyAct(press("m", { metaKey: true }), "page")).toBeNull();
});

test("while typing only Escape is ours; in a dialogue nothing is", () => {
  expect(act("m", "typing")).toBeNull();
  expect(act(" ", "typing")).toBeNull();
  expect(act("Escape", "typing")).toEqual({ act: "close" });
  expect(act("Escape", "dialog")).toBeNull();
  expect(act("z", "dialog")).toBeNull();
});

test("a button reached by keyboard keeps its space bar", () => {
  expect(act(" ", "control")).toBeNull();
  expect(act("n", "control")).toEqual({ act: "show" });
});

test("the list of keys has each act once, with the key that does it", () => {
  for (const [key, wanted] of PRINTED) {
    expect(act(key === "Esc" ? "Escape" : key)).toEqual({ act: wanted });
  }
  expect(new Set(PRINTED.map(([, wanted]) => wanted)).size).toBe(PRINTED.length);
});
