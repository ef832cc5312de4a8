import { beforeEach, describe, expect, test } from "vitest";
import type { Deed, ServerMessage, View } from "./protocol";
import { BACKOFF_MAX_MS, BACKOFF_MIN_MS, DOUBT_MS, type Effect, GREETING_MS, HOPE_MS, Session, STAY_MS } from "./session";
import { view } from "./testing/views";

const START = 1_000_000;
let credentials: { token: string; resume: string | null; lang: "id" };
let session: Session;
let chance = 0.5;

beforeEach(() => {
  credentials = { token: "the token", resume: null, lang: "id" };
  chance = 0.5;
  session = new Session(credentials, () => chance);
});

const welcome = (rev = 1, seen: View = view()): ServerMessage => ({
  type: "welcome",
  v: 1,
  rev,
  now: START + 60_000,
  heartbeat_s: 5,
  media_epoch: "one",
  view: seen,
  ice: [],
  servers: [],
  fence: "",
});

const get = (message: ServerMessage, now = START): Effect[] =>
  session.received(JSON.stringify(message), now);

function opened(now = START): Effect[] {
  session.start(now);
  session.socketOpened(now);
  return get(welcome(), now);
}

const kinds = (effects: Effect[]): string[] => effects.map((one) => one.do);
const linkOf = (effects: Effect[]) => effects.filter((one) => one.do === "link").at(-1)?.link;

describe("coming in", () => {
  test("hello carries the token, and the resume token where there is one", () => {
    session.start(START);
    expect(session.socketOpened(START)).toEqual([
      { do: "send", message: { type: "hello", v: 1, token: "the token", lang: "id" } },
    ]);
    credentials.resume = "as before";
    const again = new Session(credentials, () => chance);
    again.start(START);
    expect(again.socketOpened(START)).toMatchObject([{ message: { resume: "as before" } }]);
  });

  test("a welcome gives the view, the clock, the media plane and the resume token", () => {
    const effects = opened();
    expect(effects).toContainEqual({ do: "clock", offset: 60_000, error: 0 });
    expect(effects).toContainEqual({ do: "media", epoch: "one" });
    expect(effects).toContainEqual({ do: "resume", token: "again" });
    expect(linkOf(effects)).toEqual({ state: "open" });
  });

  test("a socket without a welcome is given up", () => {
    session.start(START);
    session.socketOpened(START);
    expect(session.tick(START + GREETING_MS)).toEqual([]);
    expect(kinds(session.tick(START + GREETING_MS + 1))).toEqual(["drop", "link"]);
  });
});

describe("order", () => {
  const delta = (prev: number, rev: number): ServerMessage => ({
    type: "delta",
    prev,
    rev,
    conference: { ...view().conference, next: "64.11" },
    rundown: null,
    pact: null,
    rooms: [],
    you: null,
  });

  test("deltas in order change the view", () => {
    opened();
    const effects = get(delta(1, 4));
    expect(effects).toMatchObject([{ do: "view", view: { conference: { next: "64.11" } } }]);
    expect(kinds(get(delta(4, 5)))).toEqual(["view"]);
  });

  test("a gap ends the socket, and the old view is not changed", () => {
    opened();
    const effects = get(delta(2, 3));
    expect(kinds(effects)).toEqual(["drop", "lost", "link"]);
    expect(linkOf(effects)?.state).toBe("waiting");
  });

  test.each(["", "{", "[]", "null", '{"no":"type"}'])(
    "a frame %j ends the socket",
    (frame) => {
      opened();
      expect(kinds(session.received(frame, START))).toContain("drop");
    },
  );
});

describe("the heartbeat", () => {
  test("a ping goes out every five seconds", () => {
    opened();
    expect(session.tick(START + 4_999)).toEqual([]);
    expect(session.tick(START + 5_000)).toMatchObject([{ message: { type: "ping" } }]);
    expect(session.tick(START + 5_250)).toEqual([]);
  });

  test("three silent intervals are a lost link", () => {
    opened();
    expect(kinds(session.tick(START + 15_000))).toEqual(["send"]);
    expect(kinds(session.tick(START + 15_001))).toEqual(["drop", "lost", "link"]);
  });

  test("the pong of a quick round trip corrects the clock by half of it", () => {
    opened();
    const pong: ServerMessage = { type: "pong", t: START, now: START + 60_100 };
    expect(get(pong, START + 20)).toEqual([{ do: "clock", offset: 60_090, error: 10 }]);
    expect(get(pong, START + 2_000)).toEqual([]);
  });
});

describe("coming back", () => {
  test("the wait doubles to a ceiling and is drawn by chance", () => {
    opened();
    chance = 0.999_999;
    let now = START;
    let effects = session.socketClosed(now);
    const waits = [];
    for (let i = 0; i < 8; i += 1) {
      const retryAt = linkOf(effects)?.retryAt ?? 0;
      waits.push(Math.round(retryAt - now));
      expect(session.tick(retryAt - 1)).toEqual([]);
      now = retryAt;
      expect(kinds(session.tick(now))).toEqual(["open", "link"]);
      effects = session.socketClosed(now);
    }
    expect(waits).toEqual([500, 1_000, 2_000, 2_000, 2_000, 2_000, 2_000, 2_000]);
    expect(Math.max(...waits)).toBeLessThanOrEqual(BACKOFF_MAX_MS);
  });

  test("the shortest wait is not nothing", () => {
    opened();
    chance = 0;
    expect(linkOf(session.socketClosed(START))?.retryAt).toBe(START + BACKOFF_MIN_MS);
  });

  test("since when the link is away stays until the next welcome", () => {
    opened();
    expect(linkOf(session.socketClosed(START + 7))?.since).toBe(START + 7);
    const retry = session.wake(START + 100);
    expect(kinds(retry)).toEqual(["open", "link"]);
    expect(linkOf(retry)).toMatchObject({ state: "connecting", since: START + 7 });
    session.socketOpened(START + 110);
    expect(linkOf(get(welcome(), START + 120))).toEqual({ state: "open" });
  });

  test("a command without a link is refused at once", () => {
    expect(session.command({ type: "room.leave" })).toBeNull();
  });

  test("ids begin anew with every socket", () => {
    opened();
    expect(session.command({ type: "room.leave" })?.id).toBe(1);
    expect(session.command({ type: "room.leave" })?.id).toBe(2);
    session.socketClosed(START);
    session.wake(START);
    session.socketOpened(START);
    get(welcome());
    expect(session.command({ type: "room.leave" })?.id).toBe(1);
  });
});

describe("doubt", () => {
  test("a socket that does not answer soon is replaced", () => {
    opened();
    expect(kinds(session.doubt(START + 100))).toEqual(["send"]);
    expect(session.doubt(START + 200)).toEqual([]);
    expect(session.tick(START + 100 + DOUBT_MS)).toEqual([]);
    expect(kinds(session.tick(START + 101 + DOUBT_MS))).toEqual(["drop", "lost", "link"]);
  });

  test("one that answers is kept, and may be doubted again", () => {
    opened();
    session.doubt(START + 100);
    get({ type: "pong", t: START + 100, now: START + 60_500 }, START + 900);
    expect(kinds(session.tick(START + 101 + DOUBT_MS))).toEqual([]);
    expect(kinds(session.doubt(START + 4_000))).toEqual(["send"]);
  });

  test("without a socket there is nothing to doubt", () => {
    expect(session.doubt(START)).toEqual([]);
  });
});

describe("hope", () => {
  test("a socket that was silent for long is replaced at once", () => {
    opened();
    expect(kinds(session.hope(START + 6_001))).toEqual(["drop", "lost", "link", "open", "link"]);
  });

  test("one that spoke a moment ago is asked", () => {
    opened();
    expect(kinds(session.hope(START + 4_000))).toEqual(["send"]);
  });

  test("a try that hangs begins anew, a fresh one goes on", () => {
    session.start(START);
    expect(session.hope(START + HOPE_MS)).toEqual([]);
    expect(kinds(session.hope(START + HOPE_MS + 1))).toEqual(["drop", "link", "open", "link"]);
  });

  test("nobody waits for the next try", () => {
    opened();
    session.socketClosed(START);
    expect(kinds(session.hope(START + 1))).toEqual(["open", "link"]);
  });
});

describe("goodbye", () => {
  const bye = (code: string): ServerMessage => ({ type: "bye", code, text: { id: "a", en: "b" } });

  test.each(["replaced", "bad_token", "expired_token", "removed"])("%s is final", (code) => {
    opened();
    get(bye(code));
    const effects = session.socketClosed(START);
    expect(linkOf(effects)).toMatchObject({ state: "closed", bye: { code } });
    expect(session.wake(START)).toEqual([]);
    expect(session.tick(START + 100_000)).toEqual([]);
  });

  test.each(["resync", "server_stopping", "heartbeat"])("after %s it comes back", (code) => {
    opened();
    get(bye(code));
    expect(linkOf(session.socketClosed(START))).toMatchObject({ state: "waiting", bye: { code } });
  });

  test("a person may come back after a final goodbye", () => {
    opened();
    get(bye("replaced"));
    session.socketClosed(START);
    const effects = session.restart(START + 5);
    expect(kinds(effects)).toEqual(["open", "link"]);
    expect(linkOf(effects)?.bye).toBeUndefined();
  });
});

describe("the media plane", () => {
  test("what the server measures is passed on as it came", () => {
    opened();
    const layers: ServerMessage = { type: "media_layers", layers: ["q"] };
    const figures: ServerMessage = { type: "media_figures", rooms: [] };
    expect(get(layers)).toEqual([{ do: "measured", message: layers }]);
    expect(get(figures)).toEqual([{ do: "measured", message: figures }]);
  });

  test("what the server says of itself is passed on; a welcome begins with nothing", () => {
    expect(opened()).toContainEqual({ do: "checks", checks: [] });
    const check = { name: "disk", state: "fail" as const, text: { id: "Penuh.", en: "Full." }, since: 1 };
    expect(get({ type: "server_checks", checks: [check] })).toEqual([{ do: "checks", checks: [check] }]);
  });
});

describe("other desks", () => {
  test("what another desk did is passed on", () => {
    opened();
    const deed: Deed = { type: "deed", at: 1, by: "Rini", act: "floor.take", room: null, what: "", on: null };
    expect(get(deed)).toEqual([{ do: "deed", deed }]);
  });

  test("what a newer server says is passed over", () => {
    opened();
    expect(session.received('{"type": "weather", "rain": true}', START)).toEqual([]);
    expect(session.isOpen).toBe(true);
  });
});

describe("trial calls", () => {
  test("what the server says of them is passed on as it came", () => {
    opened();
    const task: ServerMessage = { type: "trial.do", run: "r", task: 1, body: { type: "echo" } };
    const stations: ServerMessage = { type: "trial.stations", stations: [] };
    expect(get(task)).toEqual([{ do: "trial", message: task }]);
    expect(get(stations)).toEqual([{ do: "trial", message: stations }]);
  });

  test("a welcome brings the TURN servers of this visit", () => {
    expect(opened()).toContainEqual({ do: "ice", servers: [] });
  });
});

describe("two servers", () => {
  const other = "https://two.example:8443";
  const named = { ...welcome(), servers: [other], fence: "1.a.b" } as ServerMessage;

  function openOf(effects: Effect[]): string | null | undefined {
    return effects.flatMap((one) => (one.do === "open" ? [one.server] : []))[0];
  }

  /** Loses the socket, or is refused, and waits for the next try: where it goes. */
  function nextTry(now: number): string | null | undefined {
    session.socketClosed(now);
    return openOf(session.tick(now + BACKOFF_MAX_MS + 1));
  }

  test("are kept, and tried in turn until one welcomes", () => {
    session.start(START);
    session.socketOpened(START);
    expect(get(named)).toContainEqual({ do: "servers", servers: [other], fence: "1.a.b" });
    expect(nextTry(START)).toBeNull(); // the one that served is asked again first
    expect(nextTry(START + 10_000)).toBe(other);
    session.socketOpened(START + 20_000);
    get({ type: "bye", code: "standing_by", text: { id: "", en: "" } }, START + 20_000);
    expect(nextTry(START + 20_000)).toBeNull();
    expect(nextTry(START + 30_000)).toBe(other);
    const hello = session.socketOpened(START + 40_000);
    expect(hello).toMatchObject([{ message: { type: "hello", fence: "1.a.b" } }]);
    const effects = get({ ...welcome(), servers: [], fence: "2.c.d" } as ServerMessage, START + 40_000);
    expect(linkOf(effects)).toEqual({ state: "open" });
    // The server that was left stays one of them, and so does this.
    expect(effects).toContainEqual({ do: "servers", servers: [other], fence: "2.c.d" });
    expect(nextTry(START + 50_000)).toBe(other);
  });

  test("each is tried as often as a single one", () => {
    credentials = { ...credentials, servers: [other], fence: "1.a.b" } as typeof credentials;
    session = new Session(credentials, () => 0.999);
    let now = START;
    let waited = 0;
    session.start(now);
    for (let i = 0; i < 8; i++) {
      const link = linkOf(session.socketClosed(now));
      waited = (link?.retryAt ?? 0) - now;
      now += waited;
      session.tick(now);
    }
    expect(2 * waited).toBeLessThanOrEqual(BACKOFF_MAX_MS + BACKOFF_MIN_MS);
  });

  test("what was kept is tried after a reload, though the page's own server is gone", () => {
    session = new Session({ ...credentials, servers: [other], fence: "1.a.b" }, () => chance);
    expect(openOf(session.start(START))).toBeNull();
    expect(nextTry(START)).toBe(other);
  });

  test("one that fell silent is not asked first", () => {
    session.start(START);
    session.socketOpened(START);
    get(named);
    const gone = session.tick(START + 3 * 5_000 + 1);
    expect(kinds(gone)).toContain("drop");
    expect(openOf(session.tick(START + 60_000))).toBe(other);
  });

  test("a page that drew a life says one thing in a council, and waits for who was helped", () => {
    session = new Session({ ...credentials, servers: [other], fence: "1.a.b", life: "lifelifelife" }, () => chance);
    session.start(START);
    expect(session.socketOpened(START)).toMatchObject([{ message: { life: "lifelifelife" } }]);
    const ask = (word: "alone" | "takeover", council = "k"): Effect[] =>
      get({ type: "witness.ask", council, word }, START);
    const said = { type: "witness", council: "k", word: "takeover" };
    expect(ask("takeover")).toEqual([{ do: "send", message: said }]);
    expect(ask("alone")).toEqual([{ do: "send", message: said }]);
    expect(nextTry(START)).toBeNull(); // the one that asked
    expect(nextTry(START + 3_000)).toBeNull();
    expect(nextTry(START + STAY_MS + 1)).toBe(other);
  });

  test("a page without one is no witness, and a refusal sends it on", () => {
    session = new Session({ ...credentials, servers: [other] }, () => chance);
    session.start(START);
    session.socketOpened(START);
    expect(get({ type: "witness.ask", council: "k", word: "takeover" })).toEqual([]);
    session = new Session({ ...credentials, servers: [other], life: "lifelifelife" }, () => chance);
    session.start(START);
    session.socketOpened(START);
    get({ type: "witness.ask", council: "k", word: "takeover" });
    get({ type: "bye", code: "standing_by", text: { id: "", en: "" } });
    expect(nextTry(START)).toBe(other);
  });
});
