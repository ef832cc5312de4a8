// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Picture, type PictureState } from "./Picture";

let place: HTMLElement;

beforeEach(() => {
  place = document.body.appendChild(document.createElement("div"));
  vi.spyOn(HTMLMediaElement.prototype, "play").mockResolvedValue();
});

afterEach(() => {
  render(null, place);
  place.remove();
});

const stream = new MediaStream();
const show = (state: PictureState, of = stream) => act(() => render(<Picture stream={of} state={state} />, place));

function parts(): { screen: HTMLVideoElement; last: HTMLCanvasElement } {
  const [screen, last] = [place.querySelector("video"), place.querySelector("canvas")];
  if (!screen || !last) throw new Error("no picture");
  return { screen, last };
}

test("a picture that is gone holds no stream", async () => {
  await show("live");
  const { screen, last } = parts();
  expect(screen.srcObject).toBe(stream);
  await act(() => render(null, place));
  expect(screen.srcObject).toBeNull();
  expect([last.width, last.height]).toEqual([0, 0]);
});

test("nor does that of a room that left; its next one is shown", async () => {
  await show("live");
  const { screen } = parts();
  await show("void");
  expect(screen.srcObject).toBeNull();
  await show("live");
  expect(parts().screen.srcObject).toBe(stream);
});

test("the last picture is held until the next stream's first, and no longer", async () => {
  await show("live");
  const { screen, last } = parts();
  const state = { videoWidth: 640, videoHeight: 360, readyState: 2 };
  for (const [name, value] of Object.entries(state)) Object.defineProperty(screen, name, { value });
  last.getContext = () => null;
  await show("live", new MediaStream());
  expect([last.hidden, last.width, last.height]).toEqual([false, 640, 360]);
  await act(() => void screen.dispatchEvent(new Event("loadeddata")));
  expect([last.hidden, last.width, last.height]).toEqual([true, 0, 0]);
});
