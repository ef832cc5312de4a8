// Sends the act that is kept until the server has answered it, however often the network breaks.

import type { Answer, DoorView, Said } from "./api";
import type { Keeper, Kept } from "./kept";

/** The server takes no older word of what happened while a phone was offline. */
export const OLDEST_MS = 12 * 3_600_000;
const FIRST_MS = 1_000;
const MOST_MS = 30_000;
/** An answer that takes longer than this is told. */
const SLOW_MS = 2_500;

export interface SenderPort {
  keeper: Keeper;
  send(kept: Kept, agoMs: number): Promise<Answer>;
  now(): number;
  /** 0 to 1. */
  chance(): number;
  /** `waiting` has begun, or `busy` changed while something waits. */
  changed(): void;
  done(kept: Kept, view: DoorView): void;
  /** `waited`: it could not be sent at once. `said` null: it grew too old to be sent. */
  refused(kept: Kept, said: Said | null, view: DoorView | null, waited: boolean): void;
}

export class Sender {
  /** An act waits, and a person should know. */
  waiting = false;
  /** It is on its way just now. */
  busy = false;
  private tries = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly port: SenderPort) {}

  /** Tries at once: something was pressed, the network is back, the page is looked at again. */
  wake(): void {
    clearTimeout(this.timer);
    void this.flush();
  }

  /** What was kept before this page was opened. */
  resume(): void {
    if (this.port.keeper.read()?.act) this.wait();
    this.wake();
  }

  private async flush(): Promise<void> {
    const kept = this.port.keeper.read();
    if (this.busy || !kept?.act) return;
    const { at } = kept.act;
    if (this.port.now() - at > OLDEST_MS) return this.settle(kept, null);
    this.turn(true);
    const slow = setTimeout(() => this.wait(), SLOW_MS);
    const answer = await this.port.send(kept, Math.max(0, this.port.now() - at));
    clearTimeout(slow);
    this.turn(false);
    if (answer.kind === "away") return this.later(answer.waitMs);
    this.settle(kept, answer);
  }

  private turn(busy: boolean): void {
    this.busy = busy;
    if (this.waiting) this.port.changed();
  }

  private wait(): void {
    if (this.waiting) return;
    this.waiting = true;
    this.port.changed();
  }

  private later(waitMs: number): void {
    this.wait();
    const step = Math.min(MOST_MS, FIRST_MS * 2 ** this.tries);
    this.tries = Math.min(this.tries + 1, 10);
    // Twenty phones lose the same network at the same moment, and shall not come back as one.
    const spread = step * (0.5 + this.port.chance() / 2);
    this.timer = setTimeout(() => void this.flush(), Math.max(waitMs, spread));
  }

  private settle(kept: Kept, answer: Exclude<Answer, { kind: "away" }> | null): void {
    const waited = this.waiting;
    this.waiting = false;
    this.tries = 0;
    if (answer?.kind === "done") {
      const known = { ...kept, act: null };
      this.port.keeper.write(known);
      this.port.done(known, answer.view);
      return;
    }
    this.port.keeper.write(before(kept));
    this.port.refused(kept, answer?.said ?? null, answer?.view ?? null, waited);
  }
}

/** What is known where an act was refused: a first coming never was. */
function before(kept: Kept): Kept | null {
  if (kept.act?.kind === "leave") return { ...kept, act: null };
  return kept.visit > 1 ? { ...kept, visit: kept.visit - 1, act: null } : null;
}
