/** Speaking while a key is held. Pure: says what to send, and remembers what it owes. */
import type { MicButton } from "../room/state";

export type MicAct = "mic.unmute" | "mic.mute";

/**
 * What it opened it closes again, also when the link was away at the moment of letting go. A
 * microphone that was on already, or is locked, it leaves alone.
 */
export class PushToTalk {
  private held = false;
  private opened = false;

  /** The key goes down, or the page says so again while it is held. */
  down(mic: MicButton, open: boolean): MicAct | null {
    if (this.held) return null;
    this.held = true;
    if (!open || mic === "locked" || (mic === "on" && !this.opened)) return null;
    this.opened = true;
    return "mic.unmute";
  }

  /** The key comes up, or the page is not looked at any more. */
  up(open: boolean): MicAct | null {
    this.held = false;
    return this.settle(open);
  }

  /** Whether something is still to be closed: at each change of the link. */
  settle(open: boolean): MicAct | null {
    if (this.held || !this.opened || !open) return null;
    this.opened = false;
    return "mic.mute";
  }

  /** The server would not open it. */
  refused(): void {
    this.opened = false;
  }
}
