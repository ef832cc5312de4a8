// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test } from "vitest";
import { drawnView, NOW, withConference } from "../../../fixture/view";
import { lang } from "../../i18n";
import type { RecoveredView, View } from "../../protocol";
import { clock } from "../../store";
import { DrillLine, RoomDrill } from "./DrillLine";

let place: HTMLElement;

beforeEach(() => {
  lang.value = "id";
  clock.value = NOW;
  place = document.body.appendChild(document.createElement("div"));
});

afterEach(() => {
  render(null, place);
  place.remove();
});

const drilled = (...found: RecoveredView[]): View =>
  withConference(drawnView(), { drill: { at: NOW - 60_000, by: "Rini", found } });

async function said(seen: View): Promise<string> {
  const room = seen.rooms.find((one) => one.code === "64.02");
  if (!room) throw new Error("no room");
  await act(() =>
    render(
      <>
        <DrillLine seen={seen} />
        <RoomDrill seen={seen} room={room} />
      </>,
      place,
    ),
  );
  return place.textContent ?? "";
}

test("before any drill it says how one is run", async () => {
  expect(await said(drawnView())).toContain("vicon drill");
  expect(await said(withConference(drawnView(), { phase: "closed" }))).toBe("");
});

test("all came back: the longest; and of the room each drill", async () => {
  const words = await said(
    drilled({ room: "64.02", kind: "server", seconds: 4.25 }, { room: "64.02", kind: "cut", seconds: 0.5 }),
  );
  expect(words).toContain("semua ruang kembali, paling lama 4,3 detik");
  expect(words).toContain("jalur putus 0,5 detik, server mati 4,3 detik");
  expect(place.querySelector("[data-drill]")?.getAttribute("data-drill")).toBe("good");
});

test("who did not come back is named", async () => {
  const words = await said(drilled({ room: "64.02", kind: "worker", seconds: null }));
  expect(words).toContain("tidak kembali dalam 15 detik: ");
  expect(words).toContain("Kutai Kartanegara");
  expect(words).toContain("proses media mati tidak kembali");
});
