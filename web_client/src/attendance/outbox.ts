// Acts on attendance lists on their way to the server: in order, none lost, none done twice. What
// is refused after it had to wait is kept with its sentence until somebody corrects or drops it.

import type {
  AttendanceCorrect,
  AttendanceEnter,
  AttendanceKeep,
  AttendanceLeave,
  AttendanceStrike,
  Text,
} from "../protocol";
import type { KeptAct } from "./kept";

export type AttendanceAct =
  | AttendanceEnter
  | AttendanceLeave
  | AttendanceKeep
  | AttendanceCorrect
  | AttendanceStrike;

/** More acts than this do not wait. */
export const MOST_WAITING = 100;
/** An act that the server leaves unanswered this often is put aside. */
const MOST_TRIES = 3;
/** A later act is told to be that long ago; below, it is now. Ms. */
const AT_ONCE_MS = 2_000;
const MOST_AGO_MS = 86_400_000;

export interface Pending {
  n: number;
  act: AttendanceAct;
  /** When the person was entered or left, Unix ms. */
  at: number;
  /** Waits for the link: nobody waits for its answer any more. */
  later: boolean;
  /** Why the server did not take it; null: on its way. */
  refused: Text | null;
}

/** What became of an act: `later` when the link is away. */
export type Outcome = "done" | "later" | Text;

export interface OutboxPort {
  isOpen(): boolean;
  /** Unix ms. */
  now(): number;
  /** Rejects as `command` does. */
  send(act: AttendanceAct): Promise<unknown>;
  /** The refusal in an error; null: the error is ours. */
  refusal(error: unknown): { code: string; text: Text; uncertain: boolean } | null;
  /** What is pending is another. */
  changed(pending: readonly Pending[]): void;
}

interface Waiting extends Pending {
  tries: number;
  /** Tells the one who asked; gone once that is told. */
  tell: ((outcome: Outcome) => void) | null;
}

export class Outbox {
  private readonly waiting: Waiting[] = [];
  private busy = false;
  private next = 1;

  /** `kept`: what waited when the page was last open. */
  constructor(
    private readonly port: OutboxPort,
    kept: readonly KeptAct[] = [],
  ) {
    for (const { act, at, refused } of kept.slice(0, MOST_WAITING)) {
      this.waiting.push({ n: this.next++, act, at, later: true, refused, tries: 0, tell: null });
    }
  }

  /** What the server does not know yet, or did not take. */
  get pending(): readonly Pending[] {
    return this.waiting;
  }

  /** `ago`: it was so many ms before now. Never rejects but for errors of ours. */
  submit(act: AttendanceAct, ago = 0): Promise<Outcome> {
    if (this.waiting.length >= MOST_WAITING) return Promise.resolve(TOO_MANY);
    return new Promise((tell) => {
      const at = this.port.now() - ago;
      this.waiting.push({ n: this.next++, act, at, later: false, refused: null, tries: 0, tell });
      this.changed();
      if (this.port.isOpen()) this.run();
      else this.postpone();
    });
  }

  /** Gives an act up, and with an entry all that came after it for the same person. */
  drop(n: number): void {
    const dropped = this.waiting.find((one) => one.n === n);
    if (!dropped) return;
    const person = dropped.act.type === "attendance.enter" ? dropped.act.person : null;
    const rest = this.waiting.filter((one) => one !== dropped && one.act.person !== person);
    this.waiting.splice(0, this.waiting.length, ...rest);
    this.changed();
  }

  /** Once more, as it was. */
  retry(n: number): void {
    const again = this.waiting.find((one) => one.n === n && one.refused);
    if (!again) return;
    again.refused = null;
    again.tries = 0;
    this.changed();
    this.run();
  }

  /** Sends what waits. To be called when the link is open again. */
  async flush(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      for (let one = this.first(); one && this.port.isOpen(); one = this.first()) await this.send(one);
    } finally {
      this.busy = false;
      if (!this.port.isOpen()) this.postpone();
    }
  }

  private changed(): void {
    this.port.changed(this.waiting);
  }

  private run(): void {
    void this.flush();
  }

  private first(): Waiting | undefined {
    return this.waiting.find((one) => !one.refused);
  }

  private async send(one: Waiting): Promise<void> {
    one.tries += 1;
    try {
      await this.port.send(timed(one.act, this.port.now() - one.at));
      this.settle(one, "done");
    } catch (error) {
      const refusal = this.port.refusal(error);
      if (!refusal) throw error;
      // The loop tries again, or waits for the link: done twice, these acts are done once.
      if (refusal.code === "no_link" || (refusal.uncertain && one.tries < MOST_TRIES)) return;
      this.settle(one, struckBefore(one, refusal.code) ? "done" : refusal.text);
    }
  }

  private settle(one: Waiting, outcome: Outcome): void {
    if (typeof outcome === "object" && !one.tell) one.refused = outcome;
    else this.waiting.splice(this.waiting.indexOf(one), 1);
    one.tell?.(outcome);
    one.tell = null;
    this.changed();
  }

  private postpone(): void {
    for (const one of this.waiting) {
      one.tell?.("later");
      one.tell = null;
      one.later = true;
    }
    this.changed();
  }
}

/** An answer that was lost on the way: the first try had struck the person. */
function struckBefore({ act, tries }: Waiting, code: string): boolean {
  return act.type === "attendance.strike" && tries > 1 && code === "unknown_person";
}

function timed(act: AttendanceAct, ago: number): AttendanceAct {
  if (act.type !== "attendance.enter" && act.type !== "attendance.leave") return act;
  if (ago < AT_ONCE_MS) return act;
  return { ...act, ago_ms: Math.min(MOST_AGO_MS, Math.round(ago)) };
}

const TOO_MANY: Text = {
  id: "Terlalu banyak yang menunggu dikirim. Tunggu sambungan kembali, lalu lanjutkan.",
  en: "Too much is waiting to be sent. Wait until the connection is back, then go on.",
};
