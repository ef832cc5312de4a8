import { expect, test } from "vitest";
import { iceServers, isFinal, mayPlay, type Now, pause, RETRY_MAX_MS, said } from "./rules";
import { both, languageOf } from "./words";

const now: Now = {
  ...{ title: "Deklarasi", phase: "live", starts_at: 0, timezone: "Asia/Makassar", timezone_label: "WITA" },
  ...{ shown: "Paser", beside: [], full: false },
};

test("what is said is why there is no picture", () => {
  expect(said(null, false, 0)).toBe("connecting");
  expect(said({ ...now, phase: "draft" }, false, 0)).toBe("waits");
  expect(said({ ...now, phase: "closed" }, false, 3)).toBe("over");
  expect(said({ ...now, full: true }, false, 0)).toBe("full");
  expect(said(now, false, 2)).toBe("away");
  expect(said(null, false, 2)).toBe("away");
  expect(said({ ...now, full: true }, true, 0)).toBe("playing");
});

test("there is something to play from the lobby to the end", () => {
  expect((["draft", "lobby", "live", "closed"] as const).filter((phase) => mayPlay({ ...now, phase }))).toEqual([
    "lobby",
    "live",
  ]);
});

test("the pause grows, is bounded, is not the same for all, and no shorter than the server asks", () => {
  expect(pause(0, 0)).toBe(500);
  expect(pause(3, 0)).toBe(4_000);
  expect(pause(99, 0.999)).toBeLessThanOrEqual(RETRY_MAX_MS);
  expect(pause(2, 0.5)).toBeGreaterThan(pause(2, 0));
  expect(pause(0, 0, 30)).toBe(30_000);
});

test("a token that is not good is not tried again", () => {
  expect([401, 403, 404, 409, 429, 503].filter(isFinal)).toEqual([401, 403, 404]);
});

test("TURN servers are read from the Link header", () => {
  const link =
    '<turn:t.example:3478?transport=udp>; rel="ice-server"; username="1:a"; credential="x\\"y"; credential-type="password", ' +
    '<turns:t.example:443>; rel="ice-server"; username="1:a"; credential="z"; credential-type="password", </>; rel="help"';
  expect(iceServers(link)).toEqual([
    { urls: "turn:t.example:3478?transport=udp", username: "1:a", credential: 'x"y' },
    { urls: "turns:t.example:443", username: "1:a", credential: "z" },
  ]);
  expect(iceServers(null)).toEqual([]);
});

test("Indonesian first, English where it is asked for", () => {
  expect(languageOf("", "id-ID")).toBe("id");
  expect(languageOf("", "en-GB")).toBe("en");
  expect(languageOf("?bahasa=id", "en-GB")).toBe("id");
  expect(languageOf("", "fr")).toBe("id");
  const kinds = (table: object) => Object.entries(table).map(([key, value]) => [key, typeof value]);
  expect(kinds(both.en)).toEqual(kinds(both.id));
});
