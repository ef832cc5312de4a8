// @vitest-environment happy-dom
import { render } from "preact";
import { useState } from "preact/hooks";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SignaturePad } from "./SignaturePad";
import { type Line, MAX_LINES } from "./strokes";

let place: HTMLElement;
let drawn: readonly Line[] = [];
let full = 0;

beforeEach(() => {
  [drawn, full] = [[], 0];
  place = document.body.appendChild(document.createElement("div"));
});

afterEach(() => {
  render(null, place);
  place.remove();
});

function Sheet({ first, locked }: { first: readonly Line[]; locked: boolean }) {
  const [lines, setLines] = useState(first);
  drawn = lines;
  return <SignaturePad lines={lines} onLines={setLines} locked={locked} onFull={() => (full += 1)} />;
}

/** Of 1,000 by 1,000, so that the page's points are the pad's. */
async function pad(first: readonly Line[] = [], locked = false): Promise<HTMLCanvasElement> {
  await act(() => render(<Sheet first={first} locked={locked} />, place));
  const canvas = place.querySelector("canvas");
  if (!canvas) throw new Error("no pad");
  canvas.getBoundingClientRect = () => new DOMRect(0, 0, 1000, 1000);
  canvas.setPointerCapture = () => {};
  return canvas;
}

type Hand = [type: string, id: number];
const pen: Hand = ["pen", 1];
const palm: Hand = ["touch", 2];
const finger: Hand = ["touch", 3];

async function does(canvas: HTMLElement, what: string, [pointerType, pointerId]: Hand, x = 0, y = 0) {
  const event = new PointerEvent(`pointer${what}`, {
    ...{ pointerType, pointerId, clientX: x, clientY: y, button: 0, bubbles: true, cancelable: true },
  });
  await act(() => void canvas.dispatchEvent(event));
}

test("each stroke from down to up is a line, and none goes beyond the edge", async () => {
  const canvas = await pad();
  await does(canvas, "down", finger, 10, 20);
  await does(canvas, "move", finger, 30, 40);
  await does(canvas, "up", finger);
  await does(canvas, "move", finger, 500, 500);
  await does(canvas, "down", finger, 100, 100);
  await does(canvas, "move", finger, 2000, 100);
  await does(canvas, "up", finger);
  expect(drawn).toEqual([
    [10, 20, 30, 40],
    [100, 100, 1000, 100],
  ]);
});

test("a palm that lay on the pad first leaves nothing, and none after the pen", async () => {
  const canvas = await pad();
  await does(canvas, "down", palm, 900, 900);
  await does(canvas, "move", palm, 910, 930);
  await does(canvas, "down", pen, 100, 100);
  await does(canvas, "move", palm, 950, 950);
  await does(canvas, "move", pen, 200, 200);
  await does(canvas, "up", pen);
  await does(canvas, "down", palm, 800, 800);
  expect(drawn).toEqual([[100, 100, 200, 200]]);
});

test("a second finger does not draw into the first one's line", async () => {
  const canvas = await pad();
  await does(canvas, "down", finger, 10, 10);
  await does(canvas, "down", palm, 700, 700);
  await does(canvas, "move", palm, 800, 800);
  await does(canvas, "move", finger, 60, 60);
  expect(drawn).toEqual([[10, 10, 60, 60]]);
});

test("what the system takes back, as a gesture, is no line", async () => {
  const canvas = await pad();
  await does(canvas, "down", finger, 10, 10);
  await does(canvas, "move", finger, 90, 90);
  await does(canvas, "cancel", finger);
  expect(drawn).toEqual([]);
});

test("while it is being sent, and once it is full, nothing is added", async () => {
  await does(await pad([], true), "down", finger, 10, 10);
  expect(drawn).toEqual([]);
  render(null, place);
  const many: Line[] = Array.from({ length: MAX_LINES }, () => [1, 1]);
  await does(await pad(many), "down", finger, 10, 10);
  expect(drawn).toHaveLength(MAX_LINES);
  expect(full).toBe(1);
});
