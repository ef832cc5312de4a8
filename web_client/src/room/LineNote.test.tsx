// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test } from "vitest";
import { drawnView } from "../../fixture/view";
import { setOwnLine } from "../../fixture/measured";
import { lang } from "../i18n";
import { forgetMeasured } from "../measured";
import { LineNote } from "./LineNote";

let place: HTMLElement;

beforeEach(() => {
  lang.value = "id";
  forgetMeasured();
  place = document.body.appendChild(document.createElement("div"));
});

afterEach(() => {
  render(null, place);
  place.remove();
});

test("the hall reads why there are no pictures, and nothing while the line is good", async () => {
  await act(() => render(<LineNote />, place));
  expect(place.textContent).toBe("");
  await act(() => setOwnLine(drawnView(), "sound"));
  expect(place.textContent).toBe(
    "Jalur ini hanya cukup untuk suara; gambar dihentikan supaya suara tetap utuh.",
  );
  await act(() => {
    lang.value = "en";
  });
  expect(place.textContent).toBe(
    "This line carries sound alone; pictures are paused so that the sound stays whole.",
  );
  await act(() => setOwnLine(drawnView(), "reduced"));
  expect(place.textContent).toBe("Narrow line, smaller pictures");
  await act(() => setOwnLine(drawnView(), ""));
  expect(place.textContent).toBe("");
  await act(() => setOwnLine(drawnView(), "", "sound"));
  expect(place.textContent).toBe("Narrow way up, your picture is paused");
});
