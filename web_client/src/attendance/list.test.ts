import { expect, test } from "vitest";
import { attendee, EXPECTED, PRESENT } from "../../fixture/counts";
import { room } from "../testing/views";
import {
  awaitedOf,
  entriesOf,
  expectedNamed,
  leftOf,
  newPersonId,
  presentOf,
  search,
} from "./list";
import type { AttendanceAct, Pending } from "./outbox";

const hall = room("64.02", { attendance: PRESENT, expected: EXPECTED });
const later = (act: AttendanceAct, at = 5): Pending => ({ n: 1, act, at, later: true, refused: null });
const of = (person: string) => ({ room: "64.02", person });

test("who is there, who is awaited and who left, the last to leave first", () => {
  const earlier = attendee(10, "Ani", { left_at: 1 });
  const entries = entriesOf({ ...hall, attendance: [earlier, ...PRESENT] }, [], "");
  expect(presentOf(entries)).toHaveLength(8);
  expect(leftOf(entries).map((one) => one.name)).toEqual(["Rahmat Hidayat", "Ani"]);
  expect(awaitedOf(hall, entries).map((one) => one.name)).toEqual([
    "Teguh Wibowo",
    "Sunggono",
    "Dewi Lestari",
  ]);
});

test("acts that wait for the link are shown as done; those under way or refused are not", () => {
  const name = { name: "Teguh  Wibowo", institution: "Bawaslu Kutai Kartanegara" };
  const entered = later({ type: "attendance.enter", ...of("new-person"), ...name }, 9);
  const entries = entriesOf(hall, [entered, later({ type: "attendance.leave", ...of("person-0001") })], "Saya");
  expect(entries.find((one) => one.id === "new-person")).toMatchObject({
    by: "Saya",
    entered_at: 9,
    waiting: true,
  });
  expect(leftOf(entries).map((one) => one.id)).toContain("person-0001");
  expect(awaitedOf(hall, entries).map((one) => one.name)).not.toContain("Teguh Wibowo");
  const away = { ...entered, later: false };
  const refused = { ...entered, refused: { id: "", en: "" } };
  expect(entriesOf(hall, [away, refused], "")).toHaveLength(PRESENT.length);
});

test("a correction, the way back and a strike that wait", () => {
  const entries = entriesOf(
    hall,
    [
      later({ type: "attendance.correct", ...of("person-0002"), name: "Rendi" }),
      later({ type: "attendance.keep", ...of("person-0009") }),
      later({ type: "attendance.strike", ...of("person-0003") }),
    ],
    "",
  );
  expect(entries.find((one) => one.id === "person-0002")).toMatchObject({ name: "Rendi", role: "" });
  expect(entries.find((one) => one.id === "person-0009")?.left_at).toBeNull();
  expect(entries.some((one) => one.id === "person-0003")).toBe(false);
});

test("acts on another room's list are not shown here", () => {
  const other = later({ type: "attendance.strike", room: "64.01", person: "person-0001" });
  expect(entriesOf(hall, [other], "")).toHaveLength(PRESENT.length);
});

test("a search finds each word in the name, the institution or the role, whatever the case", () => {
  const entries = entriesOf(hall, [], "");
  expect(search(entries, " kutai BAWASLU").map((one) => one.name)).toEqual(["Muhammad Rahman"]);
  expect(search(entries, "")).toHaveLength(entries.length);
  expect(search(entries, "nobody")).toEqual([]);
});

test("the name of one who is expected brings the rest", () => {
  expect(expectedNamed(EXPECTED, " sunggono ")?.institution).toBe("Sekretariat Daerah");
  expect(expectedNamed(EXPECTED, "sung")).toBeNull();
});

test("a person's id fits the protocol, with and without a secure page", () => {
  const fits = /^[A-Za-z0-9_-]{8,40}$/;
  expect(newPersonId()).toMatch(fits);
  const { randomUUID } = crypto;
  Object.defineProperty(crypto, "randomUUID", { value: undefined, configurable: true });
  const ids = [newPersonId(), newPersonId()];
  Object.defineProperty(crypto, "randomUUID", { value: randomUUID, configurable: true });
  for (const id of ids) expect(id).toMatch(fits);
  expect(ids[0]).not.toBe(ids[1]);
});
