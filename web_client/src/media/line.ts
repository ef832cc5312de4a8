// One peer connection, up or down: what both have in common.

import { iceServers, localNow } from "../store";
import type { Health } from "./rules";
import { health } from "./rules";

/** Candidates that are not there by then are not waited for, ms. */
const GATHER_MS = 1_000;

/** The server's own TURN servers at most: no outside helper is asked for our address. */
function settings(): RTCConfiguration {
  return { iceServers: iceServers.peek(), bundlePolicy: "max-bundle" };
}

export class Line {
  protected readonly peer = new RTCPeerConnection(settings());
  private since = localNow();

  /** `key` names the life it belongs to; `changed` is called when its state has changed. */
  constructor(
    readonly name: "up" | "down",
    readonly key: string,
    changed: () => void,
  ) {
    this.peer.onconnectionstatechange = () => {
      this.since = localNow();
      console.info(`- media ${name}:`, this.peer.connectionState);
      changed();
    };
  }

  get health(): Health {
    return health(this.peer.connectionState, this.since, localNow());
  }

  stats(): Promise<RTCStatsReport> {
    return this.peer.getStats();
  }

  close(): void {
    this.peer.onconnectionstatechange = null;
    this.peer.close();
  }

  /** The local description with its candidates, as text. */
  protected async described(description: RTCSessionDescriptionInit): Promise<string> {
    await this.peer.setLocalDescription(description);
    await this.gathered();
    const sdp = this.peer.localDescription?.sdp;
    if (!sdp) throw new Error(`media ${this.name}: no local description`);
    return sdp;
  }

  private gathered(): Promise<void> {
    if (this.peer.iceGatheringState === "complete") return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.peer.removeEventListener("icegatheringstatechange", look);
        resolve();
      };
      const look = (): void => {
        if (this.peer.iceGatheringState === "complete") done();
      };
      const timer = setTimeout(done, GATHER_MS);
      this.peer.addEventListener("icegatheringstatechange", look);
    });
  }
}
