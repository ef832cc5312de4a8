import { afterEach, describe, expect, test, vi } from "vitest";
import { addressOf, readServers, server, socketAddress, writeServers } from "./servers";

function page(kept: string | null): Map<string, string> {
  const store = new Map(kept === null ? [] : [["vicon.servers", kept]]);
  vi.stubGlobal("location", { origin: "https://one:8443", href: "https://one:8443/ruang#t" });
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, value: string) => store.set(key, value),
    removeItem: (key: string) => store.delete(key),
  });
  return store;
}

afterEach(() => {
  server.value = null;
  vi.unstubAllGlobals();
});

describe("the servers of a page", () => {
  test("are there after a reload, but for the page's own", () => {
    page(null);
    writeServers({ servers: ["https://two:8443"], fence: "1.a.b" });
    expect(readServers()).toEqual({ servers: ["https://two:8443"], fence: "1.a.b" });
    writeServers({ servers: ["https://one:8443", "https://two:8443"], fence: "" });
    expect(readServers().servers).toEqual(["https://two:8443"]);
  });

  test.each(["{", "7", '{"servers":["javascript:alert(1)",5]}', '{"servers":"x"}'])(
    "what is kept damaged is passed over: %s",
    (kept) => {
      page(kept);
      expect(readServers()).toEqual({ servers: [], fence: "" });
    },
  );

  test("requests go where the link is", () => {
    page(null);
    expect(addressOf("/api/v1/readiness")).toBe("/api/v1/readiness");
    expect(socketAddress(null).href).toBe("wss://one:8443/ws");
    server.value = "https://two:8443";
    expect(addressOf("/api/v1/readiness")).toBe("https://two:8443/api/v1/readiness");
    expect(socketAddress(server.value).href).toBe("wss://two:8443/ws");
  });
});
