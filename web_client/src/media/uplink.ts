// Whether the way up has room for a picture beside the sound, as this page sees it. Pure.
//
// The server judges the same, a moment sooner, but what it says may come late: over the very line
// that is full.

/** bit/s that come through: a voice takes 60,000, the smallest picture about as much. */
const NARROW = 130_000;
/** From this share of lost sound on, in so many reports in a row, the picture is in its way. */
const LOST = 0.05;
const STRIKES = 3;
/** A longer pause between two reports was a dead line, ms. */
const LONGEST_MS = 5_000;
/** Until the picture is tried again, ms: twice as long after a try in vain. */
export const HOLD_MS = 20_000;
export const LONGEST_HOLD_MS = 160_000;
const PROVEN_MS = 30_000;

/** Counters of one up connection. */
export interface Sent {
  /** Bytes on the wire. */
  octets: number;
  /** Of pictures. */
  frames: number;
  /** Share of the sound lost, 0..1, in the receiver's last report; null before the first. */
  lost: number | null;
  /** When that came, ms. */
  reportedAt: number;
}

export class Uplink {
  /** The picture should rest. */
  full = false;
  private before: { sent: Sent; at: number } | null = null;
  private strikes = 0;
  private hold = HOLD_MS;
  /** When `full` changed last, ms; null: never. */
  private since: number | null = null;

  /** Call it once a second. `at`: ms. */
  sample(sent: Sent, at: number): boolean {
    if (this.full && at - (this.since ?? at) >= this.hold) this.turn(false, at);
    const { before } = this;
    if (before && sent.reportedAt === before.sent.reportedAt) return this.full;
    this.before = { sent, at };
    if (this.full || !before) return this.full;
    this.strikes = isBad(before.sent, sent, at - before.at) ? this.strikes + 1 : 0;
    if (this.strikes < STRIKES) return false;
    const again = this.since !== null && at - this.since < PROVEN_MS;
    this.hold = again ? Math.min(LONGEST_HOLD_MS, 2 * this.hold) : HOLD_MS;
    this.turn(true, at);
    return true;
  }

  private turn(full: boolean, at: number): void {
    this.full = full;
    this.since = at;
    this.strikes = 0;
  }
}

function isBad(before: Sent, now: Sent, ms: number): boolean {
  if (ms <= 0 || ms > LONGEST_MS || now.lost === null || now.lost < LOST) return false;
  const rate = (8_000 * (now.octets - before.octets)) / ms;
  return now.frames > before.frames && rate * (1 - now.lost) < NARROW;
}
