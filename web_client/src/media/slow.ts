// How much of the time this machine was too slow to encode its picture as wished. Pure.

export class Slowness {
  private now: number | null = null;
  private told: { seconds: number; at: number } | null = null;

  /** `seconds` in all, on this connection, as the browser counts them; null: it does not. */
  take(seconds: number | null): void {
    this.now = seconds;
  }

  /** Percent of the time since the last report; null: not known. `at`: ms. */
  report(at: number): number | null {
    const before = this.told;
    this.told = this.now === null ? null : { seconds: this.now, at };
    if (this.now === null || before === null || at <= before.at) return null;
    const share = (1000 * (this.now - before.seconds)) / (at - before.at);
    // Another connection counts from nothing.
    return share < 0 ? null : Math.min(100, 100 * share);
  }
}
