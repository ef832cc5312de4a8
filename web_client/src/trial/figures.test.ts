import { describe, expect, test } from "vitest";
import { base64, figures, greyOf, rampAt, sentKbps, wasLimited } from "./figures";

describe("the figures of a watch", () => {
  const video = { type: "inbound-rtp", kind: "video" };
  const audio = { type: "inbound-rtp", kind: "audio" };

  test("are what has come between the two looks, sound and picture together", () => {
    const before = [
      { ...video, packetsReceived: 100, packetsLost: 2, framesDecoded: 30, freezeCount: 1 },
      { ...audio, packetsReceived: 50, packetsLost: 0, totalSamplesReceived: 0, concealedSamples: 0 },
    ];
    const after = [
      {
        ...{ ...video, packetsReceived: 400, packetsLost: 5, framesDecoded: 90, freezeCount: 3 },
        ...{ totalFreezesDuration: 0.5, frameWidth: 1280, frameHeight: 720 },
      },
      {
        ...{ ...audio, packetsReceived: 150, packetsLost: 1, totalSamplesReceived: 48_000 },
        ...{ concealedSamples: 960, silentConcealedSamples: 480 },
      },
    ];
    expect(figures(before, after)).toEqual({
      ...{ decoded: 60, width: 1280, height: 720, freezes: 2, frozen_ms: 500 },
      ...{ packets: 400, lost: 4, concealed_percent: 1 },
    });
  });

  test("a field that the browser does not have is not known, and not 0", () => {
    expect(figures([], [{ ...video, packetsReceived: 10 }])).toEqual({
      ...{ decoded: null, width: 0, height: 0, freezes: null, frozen_ms: null },
      ...{ packets: 10, lost: null, concealed_percent: null },
    });
    expect(figures([], []).packets).toBeNull();
  });

  test("a late packet may take a loss back", () => {
    const lost = (packetsLost: number) => [{ ...video, packetsLost }];
    expect(figures(lost(3), lost(2)).lost).toBe(-1);
  });
});

test("grey is weighed as the eye does", () => {
  const rgba = new Uint8ClampedArray([255, 255, 255, 255, 0, 0, 0, 255, 255, 0, 0, 255]);
  expect([...greyOf(rgba)]).toEqual([255, 0, 76]);
});

test("bytes become text", () => {
  expect(base64(new Uint8Array([0, 255, 16]))).toBe("AP8Q");
});

describe("the load", () => {
  test("rises evenly and then holds", () => {
    const at = (s: number): number => rampAt(s, 200, 5_200, 2);
    expect([at(0), at(1), at(2), at(9)]).toEqual([200, 2_700, 5_200, 5_200]);
    expect(rampAt(0, 200, 5_200, 0)).toBe(5_200);
  });

  test("its rate is counted with the headers of its packets", () => {
    const look = (timestamp: number, bytesSent: number, headerBytesSent: number) => ({
      ...{ type: "outbound-rtp", timestamp, bytesSent, headerBytesSent },
    });
    expect(sentKbps(look(0, 0, 0), look(1_000, 120_000, 5_000))).toBe(1_000);
    expect(sentKbps(undefined, look(1_000, 1, 1))).toBeNull();
    expect(sentKbps(look(5, 0, 0), look(5, 1, 1))).toBeNull();
  });

  test("too little, an exhausted processor, or nothing known: the station was the limit", () => {
    expect(wasLimited(5_000, 5_200, "bandwidth")).toBe(false);
    expect(wasLimited(3_000, 5_200, "none")).toBe(true);
    expect(wasLimited(5_000, 5_200, "cpu")).toBe(true);
    expect(wasLimited(null, 5_200, undefined)).toBe(true);
  });
});
