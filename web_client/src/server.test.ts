import { expect, test } from "vitest";
import type { CheckView } from "./protocol";
import { parted, rests, waitsOutside, worst } from "./server";
import { view } from "./testing/views";

const check = (name: string, state: CheckView["state"]): CheckView => ({
  name,
  state,
  text: { id: "Penuh.", en: "Full." },
  since: 1,
});

test("what keeps people out is said before what only needs a hand", () => {
  expect(worst([])).toBeNull();
  expect(worst([check("clock", "warn"), check("disk", "fail")])?.name).toBe("disk");
  expect(worst([check("clock", "warn"), check("certificate", "warn")])?.name).toBe("clock");
});

test("a text is parted after its first sentence", () => {
  expect(parted("Disk penuh. Kosongkan ruang. Lalu ulangi.")).toEqual(["Disk penuh.", "Kosongkan ruang. Lalu ulangi."]);
  expect(parted("Jam mesin melompat 1.5 s. Betulkan.")).toEqual(["Jam mesin melompat 1.5 s.", "Betulkan."]);
  expect(parted("Penuh.")).toEqual(["Penuh.", ""]);
});

test("a picture rests where the server says so, for this page alone", () => {
  const receive = [
    { room: "64", size: "large" as const, audio: true, video: true, rests: false },
    { room: "64.08", size: "thumbnail" as const, audio: true, video: false, rests: true },
  ];
  const seen = view({ you: { receive } });
  expect(["64", "64.08", "64.11"].map((room) => rests(seen, room))).toEqual([false, true, false]);
  expect(rests(null, "64")).toBe(false);
});

test("who looks on waits outside while the server is pressed; who is in stays", () => {
  const pressure = { level: 1, why: "media_cpu" as const, since: 1 };
  const outside = { role: "observer" as const, device: null };
  expect(waitsOutside(view({ conference: { pressure }, you: outside }))).toBe(true);
  expect(waitsOutside(view({ you: outside }))).toBe(false);
  expect(waitsOutside(view({ conference: { pressure }, you: { role: "observer" } }))).toBe(false);
});
