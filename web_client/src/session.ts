// One client's side of protocol v1 over one socket after another: hello, order of revisions,
// heartbeat, and when to come back. Pure: time (ms) and chance come in, effects go out.

import { applyDelta } from "./delta";
import type { MediaMessage } from "./measured";
import type {
  Bye,
  CheckView,
  ClientMessage,
  CommandBody,
  Deed,
  Delta,
  IceServer,
  Language,
  LineText,
  Ok,
  RecordingFigures,
  Refused,
  ServerMessage,
  StandbyState,
  Text,
  TrialDo,
  TrialRun,
  TrialStations,
  TrialSweeping,
  View,
  Welcome,
  WitnessAsk,
} from "./protocol";
import { FINAL_CODES, PROTOCOL_VERSION } from "./protocol";
import { Witness } from "./witness";

/** A socket that is not welcomed within this time is given up, ms. */
export const GREETING_MS = 8_000;
/** Full jitter: the wait is drawn from BACKOFF_MIN_MS up to a ceiling that doubles, ms. */
export const BACKOFF_MIN_MS = 250;
export const BACKOFF_MAX_MS = 2_000;
/** Heartbeats without a word from the server after which the socket counts as dead. */
export const SILENT_HEARTBEATS = 3;

/** A doubted socket on which nothing comes within this time is given up, ms. */
export const DOUBT_MS = 2_500;

/** Where the network is there again, a try that lasted so long is given up for a new one, ms. */
export const HOPE_MS = 1_000;
/** And a socket that was silent for so many heartbeats. */
const SILENT_BEATS = 1.2;

/** A server that asked whether it may take over, and was told yes, is tried so long alone, ms. */
export const STAY_MS = 8_000;

export type LinkState = "connecting" | "open" | "waiting" | "closed";

export interface Link {
  state: LinkState;
  /** Local ms at which the next try begins. */
  retryAt?: number;
  /** Local ms at which the link was lost; absent before the first welcome. */
  since?: number;
  bye?: { code: string; text: Text };
}

/** What the server says of trial calls. */
export type TrialMessage = TrialDo | TrialRun | TrialSweeping | TrialStations;

export type Effect =
  /** `server`: an origin; null: the page's own. */
  | { do: "open"; server: string | null }
  /** Where else to go, and what to show there; to be kept over a reload. */
  | { do: "servers"; servers: string[]; fence: string }
  | { do: "standby"; message: StandbyState }
  | { do: "send"; message: ClientMessage }
  | { do: "drop"; why: string }
  | { do: "link"; link: Link }
  | { do: "view"; view: View }
  | { do: "resume"; token: string | null }
  /** `error`: how far, ms, the offset may be from the truth. */
  | { do: "clock"; offset: number; error: number }
  | { do: "ice"; servers: IceServer[] }
  | { do: "trial"; message: TrialMessage }
  | { do: "text"; message: LineText }
  | { do: "media"; epoch: string }
  | { do: "measured"; message: MediaMessage }
  /** What of the server is not as it should be. */
  | { do: "checks"; checks: CheckView[] }
  | { do: "recording"; figures: RecordingFigures }
  /** What another desk did. */
  | { do: "deed"; deed: Deed }
  | { do: "answer"; id: number; message: Ok | Refused }
  | { do: "lost" };

export interface Credentials {
  token: string;
  resume: string | null;
  lang: Language;
  /** From an earlier welcome, whichever server gave it. */
  fence?: string;
  /** Drawn when the page was loaded; without it the page is no witness. */
  life?: string;
  /** Origins of further servers, from an earlier welcome. */
  servers?: string[];
}

type Stage = "idle" | "opening" | "greeting" | "open" | "waiting" | "stopped";

export class Session {
  private stage: Stage = "idle";
  private startedAt = 0;
  private heardAt = 0;
  private pingedAt = 0;
  private doubtedAt: number | null = null;
  private heartbeatMs = 5_000;
  private attempt = 0;
  private retryAt = 0;
  private lostAt: number | null = null;
  private nextId = 1;
  private revision = 0;
  private bestTrip = Infinity;
  private bye: Bye | null = null;
  /** The page's own server, and the others. */
  private servers: (string | null)[];
  private at = 0;
  private view: View | null = null;
  private readonly witness = new Witness();
  private stayUntil = 0;

  /** `chance` draws from [0, 1). */
  constructor(
    private readonly credentials: Credentials,
    private readonly chance: () => number,
  ) {
    this.servers = [null, ...(credentials.servers ?? [])];
  }

  /** Where the link is, or is tried next; null: the page's own server. */
  get server(): string | null {
    return this.servers[this.at] ?? null;
  }

  get isOpen(): boolean {
    return this.stage === "open";
  }

  start(now: number): Effect[] {
    if (this.stage !== "idle") return [];
    return this.open(now);
  }

  /** Come back by hand after a final bye: the person asked for it. */
  restart(now: number): Effect[] {
    if (this.stage !== "stopped") return [];
    this.bye = null;
    this.attempt = 0;
    return this.open(now);
  }

  /** The network is said to be back, or the page is looked at again: do not wait any longer. */
  wake(now: number): Effect[] {
    if (this.stage === "waiting") {
      this.attempt = 0;
      return this.open(now);
    }
    return this.tick(now);
  }

  /** Something else shows that the network may be gone: the server must answer soon. */
  doubt(now: number): Effect[] {
    if (this.stage !== "open" || this.doubtedAt !== null) return [];
    this.doubtedAt = this.pingedAt = now;
    return [{ do: "send", message: { type: "ping", t: now } }];
  }

  /**
   * Something else shows that the network is there again: nothing that began while it was not is
   * waited for. TCP would send it again only after many seconds (RFC 6298, section 5).
   */
  hope(now: number): Effect[] {
    switch (this.stage) {
      case "waiting":
        return this.wake(now);
      case "opening":
      case "greeting":
        return now - this.startedAt > HOPE_MS ? this.anew(now) : [];
      case "open":
        return now - this.heardAt > SILENT_BEATS * this.heartbeatMs ? this.anew(now) : this.doubt(now);
      default:
        return [];
    }
  }

  private anew(now: number): Effect[] {
    return [...this.abandon(now, "the network is back"), ...this.wake(now)];
  }

  socketOpened(now: number): Effect[] {
    if (this.stage !== "opening") return [];
    this.stage = "greeting";
    this.heardAt = this.pingedAt = now;
    const { token, resume, lang, fence, life } = this.credentials;
    const message: ClientMessage = { type: "hello", v: PROTOCOL_VERSION, token, lang };
    if (resume) message.resume = resume;
    if (fence) message.fence = fence;
    if (life) message.life = life;
    return [{ do: "send", message }];
  }

  socketClosed(now: number): Effect[] {
    if (this.stage === "idle" || this.stage === "waiting" || this.stage === "stopped") return [];
    return this.leave(now);
  }

  /** A text frame. What is no message of the protocol ends the socket, for order is then lost. */
  received(text: string, now: number): Effect[] {
    if (this.stage !== "greeting" && this.stage !== "open") return [];
    this.heardAt = now;
    const message = parse(text);
    if (message === null) return this.abandon(now, "a frame is no message");
    return isKnown(message) ? this.take(message, now) : [];
  }

  /** Time has passed. To be called about every second. */
  tick(now: number): Effect[] {
    switch (this.stage) {
      case "waiting":
        return now >= this.retryAt ? this.open(now) : [];
      case "opening":
      case "greeting":
        return now - this.startedAt > GREETING_MS ? this.abandon(now, "no welcome") : [];
      case "open":
        return this.beat(now);
      default:
        return [];
    }
  }

  /** The message of a command and its id; null while there is no link. */
  command(body: CommandBody): { id: number; effects: Effect[] } | null {
    if (this.stage !== "open") return null;
    const id = this.nextId++;
    return { id, effects: [{ do: "send", message: { type: "command", id, body } }] };
  }

  private beat(now: number): Effect[] {
    if (now - this.heardAt > SILENT_HEARTBEATS * this.heartbeatMs) {
      return this.abandon(now, "the server is silent", true);
    }
    if (this.doubtedAt !== null) {
      if (this.heardAt > this.doubtedAt) this.doubtedAt = null;
      else if (now - this.doubtedAt > DOUBT_MS) return this.abandon(now, "the network is gone", true);
    }
    if (now - this.pingedAt < this.heartbeatMs) return [];
    this.pingedAt = now;
    return [{ do: "send", message: { type: "ping", t: now } }];
  }

  private open(now: number): Effect[] {
    this.stage = "opening";
    this.startedAt = now;
    return [{ do: "open", server: this.server }, this.linkEffect("connecting")];
  }

  private abandon(now: number, why: string, silent = false): Effect[] {
    return [{ do: "drop", why }, ...this.leave(now, silent)];
  }

  /** `silent`: nothing came any more. */
  private leave(now: number, silent = false): Effect[] {
    const wasOpen = this.stage === "open";
    if (wasOpen) this.lostAt = now;
    const lost: Effect[] = wasOpen ? [{ do: "lost" }] : [];
    if (this.bye && FINAL_CODES.has(this.bye.code)) {
      this.stage = "stopped";
      return [...lost, this.linkEffect("closed")];
    }
    this.stage = "waiting";
    // A server that has not welcomed us, or fell silent: the next is tried, each as often as a single
    // one would be.
    if (this.goesOn(now, !wasOpen || silent)) this.at = (this.at + 1) % this.servers.length;
    const most = BACKOFF_MIN_MS + (BACKOFF_MAX_MS - BACKOFF_MIN_MS) / this.servers.length;
    const ceiling = Math.min(most, BACKOFF_MIN_MS * 2 ** (this.attempt + 1));
    this.attempt += 1;
    this.retryAt = now + BACKOFF_MIN_MS + this.chance() * (ceiling - BACKOFF_MIN_MS);
    return [...lost, this.linkEffect("waiting")];
  }

  private goesOn(now: number, unwelcome: boolean): boolean {
    if (now < this.stayUntil && this.bye?.code !== "standing_by") return false;
    this.stayUntil = 0;
    return unwelcome;
  }

  private linkEffect(state: LinkState): Effect {
    const link: Link = { state };
    if (state === "waiting") link.retryAt = this.retryAt;
    if (state !== "open" && this.lostAt !== null) link.since = this.lostAt;
    if (this.bye) link.bye = { code: this.bye.code, text: this.bye.text };
    return { do: "link", link };
  }

  private take(message: ServerMessage, now: number): Effect[] {
    if (message.type === "bye") {
      this.bye = message;
      return [];
    }
    if (message.type === "welcome") return this.welcome(message, now);
    if (message.type === "witness.ask") return this.witnessed(message, now);
    if (!this.view || this.stage !== "open") return this.abandon(now, "not welcomed yet");
    switch (message.type) {
      case "delta":
        return this.delta(this.view, message, now);
      case "ok":
      case "refused":
        return [{ do: "answer", id: message.id, message }];
      case "media_reset":
        return [{ do: "media", epoch: message.epoch }];
      case "deed":
        return [{ do: "deed", deed: message }];
      case "pong":
        return this.pong(message.t, message.now, now);
      case "media_layers":
      case "media_again":
      case "media_line":
      case "media_figures":
        return [{ do: "measured", message }];
      case "recording_figures":
        return [{ do: "recording", figures: message }];
      case "server_checks":
        return [{ do: "checks", checks: message.checks }];
      case "line.text":
        return [{ do: "text", message }];
      case "standby":
        return [...this.keepServers(message), { do: "standby", message }];
      case "trial.do":
      case "trial.run":
      case "trial.sweeping":
      case "trial.stations":
        return [{ do: "trial", message }];
    }
  }

  /** Two servers have lost each other, and one of them asks. */
  private witnessed(ask: WitnessAsk, now: number): Effect[] {
    const word = this.credentials.life ? this.witness.asked(ask.council, ask.word) : null;
    if (word === "takeover" && this.stage === "greeting") {
      this.stayUntil = now + STAY_MS;
      this.bye = null; // of another attempt
    }
    return word === null ? [] : [{ do: "send", message: { type: "witness", council: ask.council, word } }];
  }

  private welcome(message: Welcome, now: number): Effect[] {
    if (this.stage !== "greeting") return this.abandon(now, "welcomed twice");
    this.stage = "open";
    this.bye = null;
    this.doubtedAt = null;
    this.attempt = 0;
    this.lostAt = null;
    this.nextId = 1;
    this.revision = message.rev;
    this.heartbeatMs = message.heartbeat_s * 1000;
    this.bestTrip = now - this.startedAt;
    this.view = message.view;
    return [
      { do: "clock", offset: message.now - now, error: this.bestTrip },
      { do: "ice", servers: message.ice },
      ...this.keepServers(message),
      ...this.keepResume(message.view),
      { do: "view", view: message.view },
      { do: "media", epoch: message.media_epoch },
      { do: "checks", checks: [] }, // told after this, where there are any
      this.linkEffect("open"),
    ];
  }

  private delta(view: View, message: Delta, now: number): Effect[] {
    if (message.prev !== this.revision) return this.abandon(now, "a revision is missing");
    this.revision = message.rev;
    this.view = applyDelta(view, message);
    return [...this.keepResume(this.view), { do: "view", view: this.view }];
  }

  /** The page's own server stays one of them. */
  private keepServers(said: Pick<Welcome, "servers" | "fence">): Effect[] {
    const here = this.server;
    const servers = [...new Set([...said.servers, ...(here === null ? [] : [here])])];
    const fence = said.fence || (this.credentials.fence ?? "");
    this.servers = [null, ...servers];
    this.at = this.servers.indexOf(here);
    const before = this.credentials;
    if (fence === (before.fence ?? "") && servers.join() === (before.servers ?? []).join()) return [];
    before.fence = fence;
    before.servers = servers;
    return [{ do: "servers", servers, fence }];
  }

  private keepResume(view: View): Effect[] {
    const token = view.you.resume;
    if (token === this.credentials.resume) return [];
    this.credentials.resume = token;
    return [{ do: "resume", token }];
  }

  /** The shortest round trip so far gives the best view of the server's clock. */
  private pong(sentAt: number, serverNow: number, now: number): Effect[] {
    const trip = now - sentAt;
    if (trip < 0 || trip > this.bestTrip + 20) return [];
    this.bestTrip = Math.min(this.bestTrip, trip);
    return [{ do: "clock", offset: serverNow + trip / 2 - now, error: trip / 2 }];
  }
}

const KINDS = new Set([
  ...["welcome", "delta", "ok", "refused", "media_reset", "deed", "bye", "pong"],
  ...["media_layers", "media_again", "media_line", "media_figures", "server_checks"],
  ...["recording_figures", "line.text", "standby", "witness.ask"],
  ...["trial.do", "trial.run", "trial.sweeping", "trial.stations"],
]);

/** Null for what is no message at all. */
function parse(text: string): { type: unknown } | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  return typeof value === "object" && value !== null && "type" in value ? value : null;
}

/** A newer server may say more than this page knows: that is passed over. */
function isKnown(message: { type: unknown }): message is ServerMessage {
  return KINDS.has(String(message.type));
}
