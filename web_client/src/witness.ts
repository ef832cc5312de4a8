// What this page says to two servers that have lost each other: the same as signaling/witness.py.
// Pure. It is forgotten with the page, which is why a page that was loaded again is another witness.

import type { WitnessWord } from "./protocol";

/** Councils in which a word is remembered: beyond these the page says nothing. */
export const MOST_KEPT = 64;

export class Witness {
  private readonly said = new Map<string, WitnessWord>();

  /** What it says in that council, once and for all; null: it cannot remember more. */
  asked(council: string, word: WitnessWord): WitnessWord | null {
    const before = this.said.get(council);
    if (before !== undefined) return before;
    if (this.said.size >= MOST_KEPT) return null;
    this.said.set(council, word);
    return word;
  }
}
