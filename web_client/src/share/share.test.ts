// What is offered, shown and refused, and how the one picture is encoded.

import { expect, test } from "vitest";
import { showingFor } from "../media/showing";
import type { DeviceView, PresentationView, View } from "../protocol";
import { device, view as make } from "../testing/views";
import { tasksOf } from "../control/tasks";
import { problemOf } from "./problems";
import { offerToShow, openOffers, PRESENT, shownPresentation } from "./state";

const screen = (id: string, changes: Partial<DeviceView> = {}): DeviceView => ({
  ...device(id),
  kind: "screen",
  ...changes,
});
const shown: PresentationView = { device: "s2", room: "64.08", kind: "screen", since: 1, by: "Rini", live: true };
const wish = { room: PRESENT, size: "large", audio: false, video: true, rests: false } as const;

function seen(presentation: PresentationView | null, received = true): View {
  return make({
    conference: { presentation },
    rooms: {
      "64.02": { devices: [screen("s1"), screen("gone", { connected: false }), screen("door", { waiting: true })] },
      "64.08": { devices: [device("main of 64.08"), screen("s2")] },
    },
    you: { receive: received ? [wish] : [] },
  });
}

test("it is large once its picture comes, and comes here", () => {
  expect(shownPresentation(seen(shown))).toEqual(shown);
  expect(shownPresentation(seen({ ...shown, live: false }))).toBeNull();
  expect(shownPresentation(seen(shown, false))).toBeNull();
  expect(shownPresentation(seen(null))).toBeNull();
});

test("what is connected and let in is offered, until it is shown", () => {
  const ids = (of: View): string[] => openOffers(of).map((one) => one.device.id);
  expect(new Set(ids(seen(null)))).toEqual(new Set(["s1", "s2"]));
  expect(ids(seen(shown))).toEqual(["s1"]);
  const tasks = tasksOf(seen(shown)).filter((task) => task.kind === "offer");
  expect(tasks.map((task) => task.room.code)).toEqual(["64.02"]);
});

test("the key shows what the opened room offers", () => {
  expect(offerToShow(seen(null), "64.02")?.device.id).toBe("s1");
  expect(offerToShow(seen(null), "64.08")?.device.id).toBe("s2");
  expect(offerToShow(make({}), null)).toBeNull();
});

test("letters stay sharp and the rate gives way", () => {
  const at = { width: 1920, height: 1080, wanted: null };
  const wide = showingFor({ ...at, wish: { audio: false, video: true, height: 1080, max_kbps: 1500 } });
  const narrow = showingFor({ ...at, wish: { audio: false, video: true, height: 1080, max_kbps: 400 } });
  expect(wide).toEqual({ active: true, maxBitrate: 1_500_000, scaleResolutionDownBy: 1, maxFramerate: 15 });
  expect(narrow).toEqual({ ...wide, maxBitrate: 400_000 });
});

test("what nobody sees yet costs next to nothing, and rests where the line is full", () => {
  const waits = { wish: { audio: false, video: true, height: 180, max_kbps: 150 }, width: 1920, height: 1080 };
  const small = showingFor({ ...waits, wanted: null });
  expect(small).toEqual({ active: true, maxBitrate: 150_000, scaleResolutionDownBy: 6, maxFramerate: 5 });
  expect(showingFor({ ...waits, wanted: [] }).active).toBe(false);
});

test("each failure of the browser has its sentence", () => {
  expect(problemOf("screen", "NotSupportedError")).toBe("unsupported");
  expect(problemOf("screen", "NotAllowedError")).toBe("refused");
  expect(problemOf("document", "NotAllowedError")).toBe("cameraDenied");
  expect(problemOf("document", "OverconstrainedError")).toBe("missing");
  expect(problemOf("screen", "NotReadableError")).toBe("busy");
  expect(problemOf("screen", "SomethingNewError")).toBe("failed");
});
