// One peer connection, up or down: what both have in common.

import type { CommandBody, Ok } from "../protocol";
import { doubtLink, hopeLink, iceServers, localNow, quietCommand } from "../store";
import type { Health } from "./rules";
import { health, worthTelling } from "./rules";

/** Candidates told at most; the server needs none of them. */
const MOST_CANDIDATES = 16;

/** The server's own TURN servers at most: no outside helper is asked for our address. */
function settings(): RTCConfiguration {
  return { iceServers: iceServers.peek(), bundlePolicy: "max-bundle" };
}

/** How a command goes to the server: on the page's own socket, or another device's. */
export type Send = (body: CommandBody) => Promise<Ok["result"]>;

export class Line {
  protected readonly peer = new RTCPeerConnection(settings());
  private since = localNow();
  /** It was connected once. */
  private stood = false;
  /** When ICE was restarted for the trouble at hand. */
  private restarted: number | null = null;
  private moved = false;
  /** Candidates that wait until the server knows the connection; null: it does. */
  private waiting: RTCIceCandidate[] | null = [];
  private told = 0;

  /** `key` names the life it belongs to; `changed` is called when its state has changed. */
  constructor(
    readonly name: "up" | "down",
    readonly key: string,
    changed: () => void,
    private readonly send: Send = quietCommand,
  ) {
    this.peer.onconnectionstatechange = () => {
      this.since = localNow();
      if (this.peer.connectionState === "connected") {
        if (this.stood) hopeLink();
        this.stood = true;
      }
      if (this.peer.connectionState === "disconnected") doubtLink();
      console.info(`- media ${name}:`, this.peer.connectionState);
      changed();
    };
    this.peer.onicecandidate = ({ candidate }) => {
      if (!candidate || !worthTelling(candidate)) return;
      if (this.waiting) this.waiting.push(candidate);
      else this.tell(candidate);
    };
  }

  get health(): Health {
    const now = health(
      {
        state: this.peer.connectionState,
        since: this.since,
        stood: this.stood,
        restarted: this.restarted,
        moved: this.moved,
      },
      localNow(),
    );
    if (now === "good") this.restarted = null;
    return now;
  }

  /** This machine's network is another one: the path may be gone before anybody notices. */
  networkChanged(): void {
    this.moved = true;
    doubtLink();
  }

  /** ICE is restarted now. */
  restarting(): void {
    this.restarted = localNow();
    this.moved = false;
    this.waiting = [];
    this.told = 0;
    console.info(`- media ${this.name}: another path is sought`);
  }

  /** The restart did not reach the server. */
  notRestarted(): void {
    this.restarted = null;
  }

  /** The server knows the connection: candidates can be told. */
  known(): void {
    const waiting = this.waiting ?? [];
    this.waiting = null;
    for (const candidate of waiting) this.tell(candidate);
  }

  stats(): Promise<RTCStatsReport> {
    return this.peer.getStats();
  }

  close(): void {
    this.peer.onconnectionstatechange = null;
    this.peer.onicecandidate = null;
    this.peer.close();
  }

  /** The local description as text, at once: candidates follow, and the server needs none. */
  protected async described(description: RTCSessionDescriptionInit): Promise<string> {
    await this.peer.setLocalDescription(description);
    const sdp = this.peer.localDescription?.sdp;
    if (!sdp) throw new Error(`media ${this.name}: no local description`);
    return sdp;
  }

  private tell({ candidate, sdpMid }: RTCIceCandidate): void {
    if (this.told++ >= MOST_CANDIDATES) return;
    const body = { type: "media.candidate", line: this.name, candidate, mid: sdpMid } as const;
    this.send(body).catch(() => {
      // Told for diagnosis alone: whatever is wrong shows itself elsewhere.
    });
  }
}
