// What the public's page reads of HLS (RFC 8216) as this server writes it.

export interface Segment {
  number: number;
  name: string;
  /** The head of the segments of one process of the server. */
  head: string;
  seconds: number;
}

/** Segments of a media playlist, oldest first. */
export function segments(text: string): Segment[] {
  const found: Segment[] = [];
  let number = 0;
  let head = "";
  let seconds = 0;
  for (const line of text.split("\n")) {
    if (line.startsWith("#EXT-X-MEDIA-SEQUENCE:")) number = Number(line.slice(22));
    else if (line.startsWith("#EXT-X-MAP:")) head = /URI="([^"]+)"/.exec(line)?.[1] ?? "";
    else if (line.startsWith("#EXTINF:")) seconds = Number.parseFloat(line.slice(8));
    else if (line && !line.startsWith("#")) found.push({ number: number++, name: line, head, seconds });
  }
  return found;
}

/** Of the playlist of playlists. */
export function codecs(text: string): string {
  return /CODECS="([^"]+)"/.exec(text)?.[1] ?? "";
}

/** Segments behind the newest at which a viewer joins: what comes late is there by then. */
const BEHIND = 2;

/** What to fetch next; `last`: the number of the last one that was; null: none yet, or too long ago. */
export function next(all: Segment[], last: number | null): Segment | null {
  const known = last !== null && all.some(({ number }) => number === last + 1);
  if (known) return all.find(({ number }) => number === last + 1) ?? null;
  const newest = all.at(-1);
  if (!newest || (last !== null && newest.number <= last && newest.number >= last - all.length)) return null;
  return all[Math.max(0, all.length - BEHIND)] ?? null;
}

const TIMESCALE = 90_000;

/** When a segment's first picture is shown, in seconds of its own process's time (tfdt, ISO/IEC 14496-12). */
export function begins(segment: ArrayBuffer): number {
  const bytes = new DataView(segment);
  for (let at = 0; at + 16 < Math.min(bytes.byteLength, 4096); at++) {
    if (bytes.getUint32(at) !== 0x74666474) continue; // tfdt
    const wide = bytes.getUint8(at + 4) === 1;
    return (wide ? Number(bytes.getBigUint64(at + 8)) : bytes.getUint32(at + 8)) / TIMESCALE;
  }
  return 0;
}
