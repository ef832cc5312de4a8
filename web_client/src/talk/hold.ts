/** One key or button that is held while speaking, or pressed once to begin and once more to end. Pure. */

/** Held for longer, it ends what it began when it is let go, ms. */
export const HELD_MS = 350;

export class Hold {
  private since: number | null = null;

  /** `on`: it is going on already. */
  down(on: boolean, now: number): "begin" | "end" {
    this.since = on ? null : now;
    return on ? "end" : "begin";
  }

  up(now: number): "end" | null {
    const held = this.since !== null && now - this.since >= HELD_MS;
    this.since = null;
    return held ? "end" : null;
  }

  /** What was begun was refused, or nobody hears a key come up any more. */
  forget(): void {
    this.since = null;
  }
}
