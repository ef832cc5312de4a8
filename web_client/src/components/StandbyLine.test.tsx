// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test } from "vitest";
import { drawnView } from "../../fixture/view";
import { lang } from "../i18n";
import type { StandbyState } from "../protocol";
import { server, standby } from "../servers";
import { StandbyLine } from "./StandbyLine";

let place: HTMLElement;
const since = Date.UTC(2020, 8, 25, 1, 30);
const told = (stand: StandbyState["stand"], behind = 0): StandbyState => ({
  type: "standby", stand, behind, since, servers: [], fence: "",
});

beforeEach(() => {
  lang.value = "id";
  standby.value = null;
  server.value = null;
  place = document.body.appendChild(document.createElement("div"));
});

afterEach(() => {
  render(null, place);
  place.remove();
});

test("the desk reads how the standby stands, and nothing where there is none", async () => {
  await act(() => render(<StandbyLine seen={drawnView()} />, place));
  expect(place.textContent).toBe("");
  await act(() => {
    standby.value = told("synced");
  });
  expect(place.textContent).toBe("Cadangan: tersambung, lengkap");
  await act(() => {
    standby.value = told("behind", 12);
  });
  expect(place.textContent).toBe("Cadangan: tersambung, 12 kejadian di belakang");
  await act(() => {
    standby.value = told("away");
  });
  expect(place.textContent).toContain("Cadangan: terputus sejak 09:30");
  await act(() => {
    lang.value = "en";
    server.value = "https://two.example";
  });
  expect(place.textContent).toContain("Standby: lost since 09");
  expect(place.textContent).toContain("The standby serves now.");
});
