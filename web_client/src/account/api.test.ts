import { expect, test } from "vitest";
import { HttpProblem } from "../http";
import { browserName, failureOf, waitOf } from "./api";

test("how long to wait is what the server said", () => {
  expect(waitOf(new HttpProblem(429, JSON.stringify({ wait_s: 27 })))).toBe(27);
  expect(waitOf(new HttpProblem(429, "a proxy's page"))).toBe(0);
  expect(waitOf(new HttpProblem(401, JSON.stringify({ wait_s: 27 })))).toBe(0);
  expect(waitOf(new TypeError("offline"))).toBe(0);
});

test("a browser is named as a person would", () => {
  const agents = {
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": "Firefox, Linux",
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0": "Edge, Windows",
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36": "Chrome, Android",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) Version/17.0 Safari/605.1.15": "Safari, macOS",
    "curl/8": "",
  };
  for (const [agent, name] of Object.entries(agents)) expect(browserName(agent)).toBe(name);
});

test("only a code that is known is told", () => {
  const table = { oidc_late: { id: "terlambat", en: "late" } };
  expect(failureOf("?kesalahan=oidc_late", table)?.en).toBe("late");
  for (const search of ["", "?kesalahan=", "?kesalahan=toString", "?kesalahan=<b>"]) {
    expect(failureOf(search, table)).toBeNull();
  }
});
