// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { focusOf } from "./keys";

let button: HTMLButtonElement;

beforeEach(() => {
  button = document.body.appendChild(document.createElement("button"));
});

const key = (name: string) => button.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
const point = () => button.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));

function focused(): string {
  button.blur();
  button.focus();
  return focusOf(document.activeElement);
}

test("a control that was clicked leaves the page its keys, one reached by Tab does not", () => {
  point();
  expect(focused()).toBe("page");
  key("Tab");
  expect(focused()).toBe("control");
  point();
  expect(focused()).toBe("page");
});

test("a clicked control that gets the focus back from a dialogue is as it was", () => {
  point();
  expect(focused()).toBe("page");
  key("Escape");
  expect(focused()).toBe("page");
});

test("a control that was reached by Tab is so too after its dialogue", () => {
  key("Tab");
  expect(focused()).toBe("control");
  key("Escape");
  expect(focused()).toBe("control");
});
