// @vitest-environment happy-dom
import { render } from "preact";
import { useRef } from "preact/hooks";
import { act } from "preact/test-utils";
import { afterEach, expect, test } from "vitest";
import { useBehind } from "./behind";

const place = document.body.appendChild(document.createElement("div"));

afterEach(() => render(null, place));

function Sheet({ whole }: { whole: boolean }) {
  const sheet = useRef<HTMLElement>(null);
  useBehind(sheet);
  return <section ref={sheet} class="sheet" style={{ position: whole ? "fixed" : "absolute" }} />;
}

function Page({ open, whole }: { open: boolean; whole: boolean }) {
  return (
    <div>
      <div class="line" />
      <div class="mid">
        <div class="st" />
        {open && <Sheet whole={whole} />}
        <div class="cues" />
      </div>
      <div class="ctl" />
    </div>
  );
}

const show = (open: boolean, whole: boolean) => act(() => render(<Page open={open} whole={whole} />, place));
const inert = () => [...place.querySelectorAll("[inert]")].map((one) => one.className);

test("what a sheet covers cannot have the focus, and can again when it is gone", async () => {
  await show(true, false);
  expect(inert()).toEqual(["st"]);
  await show(false, false);
  expect(inert()).toEqual([]);
});

test("on a tablet it covers all", async () => {
  await show(true, true);
  expect(inert()).toEqual(["line", "st", "ctl"]);
  await show(false, true);
  expect(inert()).toEqual([]);
});
