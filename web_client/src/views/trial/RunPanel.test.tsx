// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BEFORE, setTrials } from "../../../fixture/trials";
import { drawnView } from "../../../fixture/view";
import { lang } from "../../i18n";
import { clock } from "../../store";
import { chosen } from "../../trial/desk";
import { RunPanel } from "./RunPanel";

let place: HTMLElement;
const realFetch = globalThis.fetch;

beforeEach(() => {
  lang.value = "id";
  clock.value = BEFORE;
  place = document.body.appendChild(document.createElement("div"));
  vi.spyOn(console, "warn").mockImplementation(() => {});
});

afterEach(() => {
  render(null, place);
  place.remove();
  globalThis.fetch = realFetch;
});

const said = () => place.querySelector(".scroll > [role=status]")?.textContent;

test("a last run says that it is fetched, that it could not be, and is fetched again", async () => {
  const seen = setTrials(drawnView(), "technician", "ready");
  const answers = globalThis.fetch;
  globalThis.fetch = async () => new Response("{}", { status: 503 });
  chosen.value = "64.08";
  const room = seen.rooms.find((one) => one.code === "64.08") ?? null;
  await act(() => render(<RunPanel room={room} seen={seen} onTest={() => {}} />, place));
  await vi.waitFor(() => expect(said()).toContain("tidak dapat diambil"));
  globalThis.fetch = answers;
  const retry = [...place.querySelectorAll("button")].find((one) => one.textContent === "Coba lagi");
  retry?.click();
  await vi.waitFor(() => expect(place.querySelector("[data-run]")).not.toBeNull());
  expect(place.textContent).not.toContain("tidak dapat diambil");
});
