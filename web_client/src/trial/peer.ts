// One peer connection of a trial: offer, the server's answer, and how it went.

import type { Connected, IceServer } from "../protocol";
import { isRefusal, quietCommand } from "../store";
import { limited, sleep, Unfinished } from "./wait";

/** After the first address of our own: time for its brothers to appear, ms. */
const BROTHERS_MS = 50;
const ERRORS_KEPT = 20;
const SHORT = 300;

export interface Way {
  run: string;
  leg: string;
  ice: IceServer[];
  relay_only: boolean;
  /** For all of it: addresses, the answer, connecting. */
  timeout_s: number;
}

export class Peer {
  readonly rtc: RTCPeerConnection;
  private readonly errors: string[] = [];
  private readonly began = performance.now();

  constructor(
    private readonly way: Way,
    private readonly stop: AbortSignal,
  ) {
    this.rtc = new RTCPeerConnection({
      iceServers: way.ice.map(rtcServer),
      iceTransportPolicy: way.relay_only ? "relay" : "all",
      bundlePolicy: "max-bundle",
    });
    this.rtc.onicecandidateerror = (event) => {
      if (this.errors.length < ERRORS_KEPT) this.errors.push(errorText(event));
    };
  }

  /** Milliseconds since this connection was begun. */
  get age(): number {
    return performance.now() - this.began;
  }

  /** Never rejects but for a task that was given up: what failed is told in the result. */
  async open(): Promise<Connected> {
    try {
      await this.negotiate();
      await this.connected();
    } catch (error) {
      if (this.stop.aborted) throw error;
      return this.missed(error);
    }
    const ms = this.age;
    return { type: "connected", connected: true, ms, ...(await this.chosen()), errors: this.errors };
  }

  close(): void {
    this.rtc.onicecandidateerror = null;
    this.rtc.close();
  }

  private missed(error: unknown): Connected {
    if (isRefusal(error)) this.errors.push(`${error.code}: ${error.text.en}`.slice(0, SHORT));
    else if (error instanceof Unfinished || error instanceof DOMException) {
      this.errors.push(error.message.slice(0, SHORT));
    } else throw error;
    return notConnected(this.errors);
  }

  private left(): number {
    return Math.max(0, this.way.timeout_s * 1000 - this.age);
  }

  private async negotiate(): Promise<void> {
    const usable = this.firstAddress();
    await this.rtc.setLocalDescription(await this.rtc.createOffer());
    await limited(usable, this.left(), this.stop, "no address of our own");
    if (!this.way.relay_only) await sleep(BROTHERS_MS, this.stop);
    const { run, leg } = this.way;
    const sdp = this.rtc.localDescription?.sdp ?? "";
    const asked = quietCommand({ type: "trial.connect", run, leg, sdp });
    const result = await limited(asked, this.left(), this.stop, "no answer to the offer");
    if (result?.type !== "trial.answer") throw new Error("trial.connect: an answer is missing");
    await this.rtc.setRemoteDescription({ type: "answer", sdp: result.sdp });
  }

  /** Rejects when the browser has looked everywhere and found none. */
  private firstAddress(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.rtc.onicecandidate = ({ candidate }) => {
        // Firefox says the same with an empty candidate before the null.
        if (!candidate?.candidate) reject(new Unfinished("no address of our own"));
        else if (!this.way.relay_only || candidate.type === "relay") resolve();
      };
    });
  }

  private connected(): Promise<void> {
    const reached = new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (this.rtc.connectionState === "connected") resolve();
        if (this.rtc.connectionState === "failed") reject(new Unfinished("the connection failed"));
      };
      this.rtc.addEventListener("connectionstatechange", look);
      look();
    });
    return limited(reached, this.left(), this.stop, "not connected");
  }

  private async chosen(): Promise<Pick<Connected, "candidate" | "protocol" | "relay">> {
    return chosenPath([...(await this.rtc.getStats()).values()]);
  }
}

export function notConnected(errors: string[]): Connected {
  const kept = errors.slice(-ERRORS_KEPT).map((one) => one.slice(0, SHORT));
  return {
    ...{ type: "connected", connected: false, ms: null },
    ...{ candidate: "", protocol: "", relay: "", errors: kept },
  };
}

function rtcServer({ urls, username, credential }: IceServer): RTCIceServer {
  return username ? { urls, username, credential } : { urls };
}

function errorText(event: RTCPeerConnectionIceErrorEvent): string {
  return `${event.errorCode} ${event.errorText} (${event.url})`.slice(0, SHORT);
}

/** W3C webrtc-stats: the members of candidates and pairs that are read here. */
export interface IceStat {
  id: string;
  type: string;
  state?: string;
  nominated?: boolean;
  selected?: boolean;
  selectedCandidatePairId?: string;
  localCandidateId?: string;
  candidateType?: string;
  protocol?: string;
  relayProtocol?: string;
  url?: string;
}

const CANDIDATES = ["host", "srflx", "prflx", "relay"] as const;
const PROTOCOLS = ["udp", "tcp"] as const;
const RELAYS = ["udp", "tcp", "tls"] as const;

/** What the statistics say of the path in use; empty where they do not. */
export function chosenPath(stats: IceStat[]): Pick<Connected, "candidate" | "protocol" | "relay"> {
  const transport = stats.find((one) => one.selectedCandidatePairId);
  const pair =
    stats.find((one) => one.id === transport?.selectedCandidatePairId) ??
    stats.find((one) => one.type === "candidate-pair" && (one.selected || nominated(one)));
  const own = stats.find((one) => one.id === pair?.localCandidateId);
  return {
    candidate: among(CANDIDATES, own?.candidateType),
    protocol: among(PROTOCOLS, own?.protocol),
    relay: own?.candidateType === "relay" ? among(RELAYS, own.relayProtocol ?? byUrl(own.url)) : "",
  };
}

function nominated(one: IceStat): boolean {
  return one.nominated === true && one.state === "succeeded";
}

/** Firefox leaves relayProtocol out where the URL says it (RFC 7065). */
function byUrl(url = ""): string {
  if (url.startsWith("turns:")) return "tls";
  return /transport=(udp|tcp)/.exec(url)?.[1] ?? "";
}

function among<T extends string>(known: readonly T[], value: string | undefined): T | "" {
  return known.find((one) => one === value) ?? "";
}
