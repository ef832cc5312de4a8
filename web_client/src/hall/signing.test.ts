import { expect, test } from "vitest";
import type { RoomView, SignatoryView, View } from "../protocol";
import { room, view } from "../testing/views";
import {
  type Attempt,
  isSameName,
  isSigningTime,
  listed,
  type Mark,
  obstacleOf,
  ownPart,
  shortHash,
} from "./signing";

const HASH = "a1b2c3d4e5f6".padEnd(64, "0");

function signatory(changes: Partial<SignatoryView> = {}): SignatoryView {
  const said = { id: "ani", name: "Ani", office: "", ready: false };
  return { ...said, signature: null, signed_at: null, typed: false, ...changes };
}

function hall(changes: Partial<RoomView> = {}): RoomView {
  return room("64.02", {
    signatories: [signatory()],
    witnesses: [{ name: "Budi", office: "" }],
    ...changes,
  });
}

function seen(open = true, hash = HASH): View {
  const conference = { signing: { open, point: 0, signed: 0, rooms: 1 } };
  const pact = { title: "Pakta", preamble: "", points: ["Satu"], closing: "", hash, struck: [] };
  return { ...view({ conference }), pact };
}

const EMPTY: Mark = { by: "pad", lines: [] };

const attempt = (changes: Partial<Attempt> = {}): Attempt => ({
  view: seen(),
  room: hall(),
  person: "ani",
  read: HASH,
  mark: { by: "pad", lines: [[0, 0, 500, 500]] },
  ...changes,
});

test("who has read, has witnesses and has drawn may sign", () => {
  expect(obstacleOf(attempt())).toBeNull();
});

test("what is missing is said, the most final first", () => {
  const signed = hall({ signatories: [signatory({ signature: "s1", signed_at: 1 })] });
  expect(obstacleOf(attempt({ person: "other" }))).toBe("gone");
  expect(obstacleOf(attempt({ room: signed, view: seen(false) }))).toBe("signed");
  expect(obstacleOf(attempt({ view: seen(false), read: null }))).toBe("closed");
  expect(obstacleOf(attempt({ view: { ...seen(), pact: null } }))).toBe("closed");
  expect(obstacleOf(attempt({ room: hall({ witnesses: [] }), mark: EMPTY }))).toBe("noWitness");
  expect(obstacleOf(attempt({ read: null, mark: EMPTY }))).toBe("unread");
  expect(obstacleOf(attempt({ mark: EMPTY }))).toBe("empty");
});

test("who signs by keyboard types the own name and is sure", () => {
  const typed = (name: string, sure = true): Partial<Attempt> => ({
    mark: { by: "keyboard", name, sure },
  });
  expect(obstacleOf(attempt(typed("Budi")))).toBe("otherName");
  expect(obstacleOf(attempt(typed("")))).toBe("otherName");
  expect(obstacleOf(attempt(typed("Ani", false)))).toBe("unsure");
  expect(obstacleOf(attempt(typed(" ani ")))).toBeNull();
  expect(isSameName("siti   AMINAH", "Siti Aminah")).toBe(true);
  expect(isSameName("Siti", "Siti Aminah")).toBe(false);
});

test("a text that changed after it was read must be read again", () => {
  expect(obstacleOf(attempt({ view: seen(true, "f".repeat(64)) }))).toBe("changed");
});

test("the hall's own part is counted", () => {
  const two = hall({ signatories: [signatory(), signatory({ id: "b", signature: "s", signed_at: 1 })] });
  expect(ownPart(two)).toEqual({ signed: 1, of: 2 });
  expect(ownPart(room("64.08"))).toEqual({ signed: 0, of: 0 });
});

test("it is time to sign while signing is open and somebody here has not", () => {
  expect(isSigningTime(seen(), hall())).toBe(true);
  expect(isSigningTime(seen(false), hall())).toBe(false);
  expect(isSigningTime(seen(), hall({ complete: true }))).toBe(false);
  expect(isSigningTime(seen(), hall({ signatories: [] }))).toBe(false);
});

test("hashes and names are written to be read", () => {
  expect(shortHash(HASH)).toBe("a1b2 c3d4 e5f6");
  expect(listed(["Ani", "Budi", "Citra"], "dan")).toBe("Ani, Budi dan Citra");
  expect(listed(["Ani"], "dan")).toBe("Ani");
  expect(listed([], "dan")).toBe("");
});
