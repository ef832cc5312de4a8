import { beforeEach, expect, test, vi } from "vitest";
import { bothWays } from "./browser";
import { rate } from "./glance";
import { fileName, reportUrl } from "./http";
import { browserName } from "./offer";
import { chosenPath, Peer } from "./peer";
import { limited, sleep, Unfinished } from "./wait";

beforeEach(() => void vi.restoreAllMocks());

const local = { id: "L", type: "local-candidate" };
const pair = { id: "P", type: "candidate-pair", localCandidateId: "L" };

test("the path in use is the transport's pair, not the first that succeeded", () => {
  const other = { ...pair, id: "O", localCandidateId: "M", nominated: true, state: "succeeded" };
  const stats = [
    other,
    pair,
    { id: "T", type: "transport", selectedCandidatePairId: "P" },
    { id: "M", type: "local-candidate", candidateType: "host", protocol: "udp" },
    { ...local, candidateType: "relay", protocol: "udp", relayProtocol: "tls" },
  ];
  expect(chosenPath(stats)).toEqual({ candidate: "relay", protocol: "udp", relay: "tls" });
});

test.each([null, { candidate: "", type: null }])("no address at all is told at once: %o", async (candidate) => {
  vi.stubGlobal(
    "RTCPeerConnection",
    class {
      onicecandidate: ((event: unknown) => void) | null = null;
      createOffer = async (): Promise<object> => ({});
      setLocalDescription = async (): Promise<void> => this.onicecandidate?.({ candidate });
    },
  );
  const way = { run: "r", leg: "l", ice: [], relay_only: false, timeout_s: 60 };
  const result = await new Peer(way, new AbortController().signal).open();
  vi.unstubAllGlobals();
  expect(result).toMatchObject({ connected: false, errors: ["no address of our own"] });
});

test("where a browser tells no transport, its selected pair counts", () => {
  const relayed = { ...local, candidateType: "relay", protocol: "udp" };
  const way = (url: string) => chosenPath([{ ...pair, selected: true }, { ...relayed, url }]);
  expect(way("turns:hall.example:443?transport=tcp").relay).toBe("tls");
  expect(way("turn:hall.example:3478?transport=udp").relay).toBe("udp");
  expect(way("").relay).toBe("");
});

test("nothing known stays unknown", () => {
  expect(chosenPath([])).toEqual({ candidate: "", protocol: "", relay: "" });
});

test("a codec counts when it goes both ways, once", () => {
  const list = (...names: string[]) => names.map((mimeType) => ({ mimeType }));
  const sent = list("video/VP8", "video/H264", "video/H264", "video/AV1");
  expect(bothWays(sent, list("video/vp8", "video/H264"))).toEqual(["VP8", "H264"]);
});

test("a browser is called by its name and version", () => {
  const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36";
  expect(browserName(chrome)).toBe("Chrome 156");
  expect(browserName(`${chrome} Edg/156.0`)).toBe("Edge 156");
  expect(browserName("Mozilla/5.0 (X11; rv:153.0) Gecko/20100101 Firefox/153.0")).toBe("Firefox 153");
  expect(browserName("curl")).toBe("curl");
});

test("frames per second come from the frames' own times", () => {
  expect(rate([0, 100, 200, 300])).toBe(10);
  expect(rate([5])).toBe(0);
});

test("a report is saved under the name that the server gives", () => {
  expect(fileName('attachment; filename="trial-64.02.pdf"')).toBe("trial-64.02.pdf");
  expect(fileName(null)).toBeNull();
  expect(reportUrl("a/b", "pdf", "id")).toBe("/api/v1/trials/a%2Fb/report.pdf?lang=id");
});

test("a wait ends at its limit, or when it is given up", async () => {
  const stop = new AbortController();
  const never = new Promise<void>(() => {});
  await expect(limited(never, 1, stop.signal, "it")).rejects.toThrow("it: not done within 1 ms");
  const asleep = sleep(60_000, stop.signal);
  stop.abort();
  await expect(asleep).rejects.toBeInstanceOf(Unfinished);
  await expect(limited(Promise.resolve(1), 9, stop.signal, "it")).rejects.toThrow("given up");
});
