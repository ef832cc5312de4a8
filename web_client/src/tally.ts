// The operator's + and -. Acts wait in order while the link is away and are sent one by one, so
// that none is lost and none is counted twice.

import type { CommandBody, RoomView } from "./protocol";

/** More acts than this do not wait: someone leans on the button. */
export const MOST_ACTS = 20;
/** An act that the server leaves unanswered this often is given up. */
const MOST_TRIES = 3;

type Counted = Pick<RoomView, "count" | "tally" | "checked_in" | "limit">;

interface Act {
  by: 1 | -1;
  tries: number;
  /** The tally when it was sent last; undefined: never sent. */
  before?: number | null;
}

export interface TallyPort {
  room(): Counted | null;
  isOpen(): boolean;
  /** Rejects as `command` does. */
  send(by: 1 | -1): Promise<unknown>;
  /** True when an error leaves it open whether the act was done. */
  isUncertain(error: unknown): boolean;
  changed(): void;
}

/** listed: fewer than that are not there, for the attendance list has them. */
export type Pressed = "taken" | "full" | "empty" | "listed" | "too_many";

/**
 * The command of one press. Where the attendance list is ahead of the operator's figure, one more
 * is one more than are counted, not one more than that figure.
 */
export function pressed(
  room: Pick<RoomView, "code" | "count" | "declared" | "tally">,
  by: 1 | -1,
): CommandBody {
  const ahead = (room.count ?? 0) - (room.declared ?? 0);
  if (by === -1 || ahead <= 0) return { type: "count.add", room: room.code, by };
  return { type: "count.set", room: room.code, value: (room.tally ?? 0) + ahead + 1 };
}

export class Tally {
  private readonly acts: Act[] = [];
  private busy = false;

  constructor(private readonly port: TallyPort) {}

  /** Acts that are not yet in the server's count. */
  get waiting(): number {
    return this.acts.length;
  }

  /** The count with the waiting acts, as far as they can be granted. */
  shown(): number | null {
    const room = this.port.room();
    if (!room) return null;
    if (this.acts.length === 0) return room.count;
    const sum = this.acts.reduce((total, act) => total + act.by, room.count ?? 0);
    return Math.max(0, Math.min(sum, Math.max(room.limit, room.count ?? 0)));
  }

  /** Without a link, what cannot be granted is refused here; with one, the server speaks. */
  press(by: 1 | -1): Pressed {
    const refused = this.listed(by) ?? (this.port.isOpen() ? null : this.refusal(by));
    if (refused) return refused;
    if (this.acts.length >= MOST_ACTS) return "too_many";
    this.acts.push({ by, tries: 0 });
    this.port.changed();
    void this.flush();
    return "taken";
  }

  /** Sends what waits. To be called when the link is open again. */
  async flush(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      while (this.acts[0] && this.port.isOpen()) await this.sendFirst(this.acts[0]);
    } finally {
      this.busy = false;
    }
  }

  private listed(by: 1 | -1): Pressed | null {
    const listed = this.port.room()?.checked_in ?? 0;
    return by === -1 && listed > 0 && (this.shown() ?? 0) <= listed ? "listed" : null;
  }

  private refusal(by: 1 | -1): Pressed | null {
    const room = this.port.room();
    const shown = this.shown() ?? 0;
    if (room && by === 1 && shown >= room.limit) return "full";
    return by === -1 && shown <= 0 ? "empty" : null;
  }

  private async sendFirst(act: Act): Promise<void> {
    const tally = this.port.room()?.tally ?? null;
    // Sent before the link broke: a tally that moved since tells that it had arrived.
    const arrived = act.before !== undefined && act.before !== tally;
    if (arrived || act.tries >= MOST_TRIES) return this.done();
    act.before = tally;
    act.tries += 1;
    try {
      await this.port.send(act.by);
      this.done();
    } catch (error) {
      if (this.port.isUncertain(error)) return; // the loop looks at it again, or waits for the link
      if (this.port.isOpen()) this.done();
    }
  }

  private done(): void {
    this.acts.shift();
    this.port.changed();
  }
}
