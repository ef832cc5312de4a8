// @vitest-environment happy-dom
import { expect, test, vi } from "vitest";
import { audioContext, wakeContext } from "./level";
import { atEachPress, pressed } from "./press";
import { resumeAudio } from "./sound";

/** Asleep until the browser allows it. */
class FakeContext {
  state = "suspended";
  allowed = false;
  resume = vi.fn(async () => {
    if (!this.allowed) throw new DOMException("no press yet", "NotAllowedError");
    this.state = "running";
  });
}

vi.stubGlobal("AudioContext", FakeContext);

const press = (name: string) => window.dispatchEvent(new Event(name));

test("each press tries again until it is ended, keys and clicks of a screen reader as well", () => {
  const again = vi.fn();
  const end = atEachPress(again);
  for (const name of ["pointerdown", "keydown", "pointerdown"]) press(name);
  pressed();
  expect(again).toHaveBeenCalledTimes(4);
  end();
  press("keydown");
  pressed();
  expect(again).toHaveBeenCalledTimes(4);
});

test("the sound wakes at the press that the browser accepts, and is then left alone", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const audio = audioContext() as unknown as FakeContext;
  wakeContext();
  press("pointerdown");
  expect(audio.resume).toHaveBeenCalledTimes(2);
  audio.allowed = true;
  press("keydown");
  await vi.waitFor(() => expect(audio.state).toBe("running"));
  press("keydown");
  expect(audio.resume).toHaveBeenCalledTimes(3);
});

test("the button for the sound wakes it too, and tries what else waits", () => {
  const audio = audioContext() as unknown as FakeContext;
  const again = vi.fn();
  const end = atEachPress(again);
  audio.resume.mockClear();
  resumeAudio();
  expect([audio.resume.mock.calls.length, again.mock.calls.length]).toEqual([1, 1]);
  end();
});
