// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { readResume, readToken, writeResume } from "./token";

beforeEach(() => sessionStorage.clear());

test("the token is the fragment", () => {
  location.hash = "#abc.def.ghi";
  expect(readToken()).toBe("abc.def.ghi");
  location.hash = "";
  expect(readToken()).toBe("");
});

test("a reload finds the resume token of its own link, another link does not", () => {
  writeResume("header.body.signature-one", "back as me");
  expect(readResume("header.body.signature-one")).toBe("back as me");
  expect(readResume("header.body.signature-two")).toBeNull();
  writeResume("header.body.signature-one", null);
  expect(readResume("header.body.signature-one")).toBeNull();
});

test("the link's token itself is not kept", () => {
  const token = "header.body.a-long-signature-of-many-letters";
  writeResume(token, "r");
  expect(JSON.stringify({ ...sessionStorage })).not.toContain(token);
});
