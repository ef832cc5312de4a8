import { describe, expect, it } from "vitest";
import { begins, codecs, next, segments } from "./playlist";

const PLAYLIST = `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:3
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-MAP:URI="5f-head.mp4"
#EXTINF:2.021,
5f-7.m4s
#EXTINF:2.000,
5f-8.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="60-head.mp4"
#EXTINF:2.000,
60-9.m4s
`;

describe("the playlist of a broadcast", () => {
  it("is read with its numbers and heads", () => {
    expect(segments(PLAYLIST)).toEqual([
      { number: 7, name: "5f-7.m4s", head: "5f-head.mp4", seconds: 2.021 },
      { number: 8, name: "5f-8.m4s", head: "5f-head.mp4", seconds: 2 },
      { number: 9, name: "60-9.m4s", head: "60-head.mp4", seconds: 2 },
    ]);
    expect(codecs('#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="avc1.4d401f,mp4a.40.2"')).toBe("avc1.4d401f,mp4a.40.2");
  });

  it("is joined near its end and followed without a gap", () => {
    const all = segments(PLAYLIST);
    expect(next(all, null)?.number).toBe(8);
    expect(next(all, 8)?.number).toBe(9);
    expect(next(all, 9)).toBeNull();
    expect(next(all, 3)?.number).toBe(8); // too long away
    expect(next(all, 90)?.number).toBe(8); // another broadcast
    expect(next([], null)).toBeNull();
  });

  it("says when a segment begins", () => {
    const made = new DataView(new ArrayBuffer(64));
    made.setUint32(20, 0x74666474);
    made.setUint8(24, 1);
    made.setBigUint64(28, 180_000n);
    expect(begins(made.buffer)).toBe(2);
  });
});
