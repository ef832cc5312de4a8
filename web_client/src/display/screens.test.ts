import { expect, test } from "vitest";
import { features, findOther, otherScreen } from "./screens";

const laptop = { availLeft: 0, availTop: 0, availWidth: 1366, availHeight: 728 };
const projector = { availLeft: 1366, availTop: -100, availWidth: 1920, availHeight: 1080 };

test("the display covers the screen that the page is not on", () => {
  const place = otherScreen({ screens: [laptop, projector], currentScreen: laptop });
  expect(place).toEqual({ left: 1366, top: -100, width: 1920, height: 1080 });
  expect(features(place)).toBe("popup,fullscreen,left=1366,top=-100,width=1920,height=1080");
});

test("with one screen it is a window to be dragged", () => {
  expect(otherScreen({ screens: [laptop], currentScreen: laptop })).toBeNull();
  expect(features(null)).toBe("popup,width=1280,height=720");
});

test("a browser without the interface, and a person who says no, are no error", async () => {
  expect(await findOther({})).toBeNull();
  const no = () => Promise.reject(new DOMException("no", "NotAllowedError"));
  expect(await findOther({ getScreenDetails: no })).toBeNull();
  const broken = () => Promise.reject(new TypeError("ours"));
  await expect(findOther({ getScreenDetails: broken })).rejects.toThrow(TypeError);
});
