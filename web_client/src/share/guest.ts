// The device that shows a screen or documents: a connection of its own, of the same link, beside the
// page's. It stands for nobody, sends one picture and is shown nothing.

import { Connection, type Refusal } from "../connection";
import { lang } from "../i18n";
import { Place } from "../media/place";
import { ShowingLine } from "../media/showing";
import { retryDelay } from "../media/rules";
import type { CommandBody, LayerName, Ok, PresentationKind, RoomJoin, View } from "../protocol";
import { readServers, socketAddress } from "../servers";
import type { Effect } from "../session";
import { isRefusal, localNow } from "../store";
import { readToken } from "../token";

const LOOK_EVERY_MS = 500;
/** What the server cannot now, it may soon: nobody has to press anything again. */
const LATER: ReadonlySet<string> = new Set(["journal_failed", "busy"]);

export interface Watching {
  /** Something has changed. */
  changed(view: View): void;
  /** It is over, and not by our own hand. */
  ended(why: Refusal["text"] | null): void;
}

export class Guest {
  private readonly connection: Connection;
  private readonly place = new Place<ShowingLine>();
  private readonly join: RoomJoin;
  private view: View | null = null;
  private open = false;
  private epoch = "";
  private again = 0;
  private wanted: readonly LayerName[] | null = null;
  private busy = false;
  private entered = false;
  private failures = 0;
  private notBefore = 0;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    kind: PresentationKind,
    label: string,
    private readonly track: MediaStreamTrack,
    private readonly watching: Watching,
  ) {
    this.join = { type: "room.join", kind, label, shared: true };
    this.connection = new Connection(
      { token: readToken(), resume: null, lang: lang.value, servers: readServers().servers },
      { now: localNow, chance: Math.random, openSocket: (at) => new WebSocket(socketAddress(at)) },
      { effect: (one) => this.take(one) },
    );
  }

  start(): void {
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    this.connection.start();
  }

  /** Leaves, as far as the server can still be told. */
  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    if (this.open && this.view?.you.device) {
      this.connection.command({ type: "room.leave" }).then(
        () => this.connection.stop(),
        () => this.connection.stop(),
      );
    } else {
      this.connection.stop();
    }
    this.place.clear();
  }

  private take(one: Effect): void {
    if (this.timer === undefined) return;
    switch (one.do) {
      case "view":
        this.view = one.view;
        if (this.entered && !one.view.you.device && one.view.conference.phase === "closed") {
          return this.watching.ended(null);
        }
        this.watching.changed(one.view);
        break;
      case "link":
        this.open = one.link.state === "open";
        if (one.link.state === "closed") return this.watching.ended(one.link.bye?.text ?? null);
        break;
      case "media":
        this.epoch = one.epoch;
        break;
      case "measured":
        if (one.message.type === "media_layers") this.wanted = one.message.layers;
        if (one.message.type === "media_again") this.again++;
        break;
      default:
        return;
    }
    this.look();
  }

  private look(): void {
    const you = this.view?.you;
    if (!you || this.timer === undefined) return;
    if (this.open && you.device === null) this.enter();
    const { send, device } = you;
    const key = `${this.epoch} ${device?.id} ${this.again}`;
    const wanted = device !== null && !device.waiting && send !== null;
    const step = this.place.step(wanted, key, this.open);
    if (step === "open" && send) this.publish(key, new ShowingLine(key, this.track, send, this.send, this.seen));
    else if (step === "restart" && this.place.line) this.restart(this.place.line);
    else if (step === "close") this.place.clear();
    const { line } = this.place;
    if (send && line) line.follow(send, this.wanted).catch(report);
  }

  private readonly send = (body: CommandBody): Promise<Ok["result"]> => this.connection.command(body);
  private readonly seen = (): void => this.look();

  private enter(): void {
    if (this.busy || localNow() < this.notBefore) return;
    this.busy = true;
    this.connection
      .command(this.join)
      .then(
        () => {
          this.failures = 0;
          this.entered = true;
        },
        (error: unknown) => {
          if (!isRefusal(error)) throw error;
          this.notBefore = localNow() + retryDelay(this.failures++, Math.random());
          if (!error.uncertain && !LATER.has(error.code) && error.code !== "no_link") {
            this.watching.ended(error.text);
          }
        },
      )
      .finally(() => (this.busy = false))
      .catch(report);
  }

  private publish(key: string, line: ShowingLine): void {
    this.place.clear();
    this.place.line = line;
    this.wanted = null; // was said of the connection before
    console.info("- media showing:", key);
    this.negotiate(line, async () => ({ type: "media.publish", sdp: await line.offer() }));
  }

  private restart(line: ShowingLine): void {
    line.restarting();
    this.negotiate(line, async () => ({ type: "media.restart", line: "up", sdp: await line.offer(true) }));
  }

  private negotiate(line: ShowingLine, offer: () => Promise<CommandBody>): void {
    const all = async (): Promise<void> => {
      const result = await this.connection.command(await offer());
      if (this.place.line !== line) return;
      if (result?.type !== "published") throw new Error("media showing: an answer is missing");
      await line.accept(result.sdp);
      this.look();
    };
    all().catch((error: unknown) => {
      report(error);
      this.place.failed(line);
    });
  }
}

function report(error: unknown): void {
  console.warn("x showing:", isRefusal(error) ? error.code : error);
}
