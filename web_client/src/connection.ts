// The shell round Session: a real WebSocket, timers, the promises of commands.

import type { CommandBody, Ok, Refused } from "./protocol";
import type { Credentials, Effect } from "./session";
import { Session } from "./session";

/** A command that is not answered within this time is given up, ms. */
export const ANSWER_MS = 10_000;
const TICK_MS = 250;

/** Codes that this client gives itself, beside those of the server. */
export type LocalCode = "no_link" | "link_lost" | "no_answer";

export interface Refusal extends Omit<Refused, "type" | "id"> {
  /** True when nobody knows whether the command was done. */
  uncertain: boolean;
}

/** What a socket must do for us; WebSocket fits. */
export interface Socket {
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  send(text: string): void;
  close(): void;
}

export interface Surroundings {
  now(): number;
  chance(): number;
  /** `server`: an origin; null: the page's own. */
  openSocket(server: string | null): Socket;
}

export interface Listener {
  /** Every effect but those of the socket, in order. */
  effect(effect: Effect): void;
}

interface Waiting {
  resolve(result: Ok["result"]): void;
  reject(refusal: Refusal): void;
  timer: ReturnType<typeof setTimeout>;
}

const LOCAL: Record<LocalCode, { id: string; en: string }> = {
  no_link: {
    id: "Belum tersambung. Tunggu sampai tersambung kembali, lalu coba lagi.",
    en: "Not connected. Wait until the connection is back, then try again.",
  },
  link_lost: {
    id: "Sambungan terputus sebelum ada jawaban. Lihat keadaannya, lalu coba lagi bila perlu.",
    en: "The connection broke before an answer came. See how things stand, then try again if needed.",
  },
  no_answer: {
    id: "Server tidak menjawab. Coba lagi.",
    en: "The server did not answer. Try again.",
  },
};

function refusal(code: LocalCode): Refusal {
  return { code, text: LOCAL[code], uncertain: code !== "no_link" };
}

export class Connection {
  private readonly session: Session;
  private readonly waiting = new Map<number, Waiting>();
  private socket: Socket | null = null;
  private timer: ReturnType<typeof setInterval> | null = null;

  constructor(
    credentials: Credentials,
    private readonly around: Surroundings,
    private readonly listener: Listener,
  ) {
    this.session = new Session(credentials, around.chance);
  }

  start(): void {
    this.timer ??= setInterval(() => this.run(this.session.tick(this.around.now())), TICK_MS);
    this.run(this.session.start(this.around.now()));
  }

  /** End for good: no socket, no timer, every waiting command told. */
  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    this.dropSocket();
    this.failAll();
  }

  /** Drops the socket as a broken line would; the session comes back by itself. */
  cut(): void {
    if (!this.socket) return;
    this.dropSocket();
    this.run(this.session.socketClosed(this.around.now()));
  }

  /** `online`, or the page became visible. */
  wake(): void {
    this.run(this.session.wake(this.around.now()));
  }

  /** The media's path is in trouble: see whether this one is too. */
  doubt(): void {
    this.run(this.session.doubt(this.around.now()));
  }

  /** The media's path is there again: do not wait for what was lost meanwhile. */
  hope(): void {
    this.run(this.session.hope(this.around.now()));
  }

  /** Come back after a final bye. */
  restart(): void {
    this.run(this.session.restart(this.around.now()));
  }

  /** Rejects with a Refusal. */
  command(body: CommandBody): Promise<Ok["result"]> {
    const sent = this.session.command(body);
    if (!sent) return Promise.reject(refusal("no_link"));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.fail(sent.id, "no_answer"), ANSWER_MS);
      this.waiting.set(sent.id, { resolve, reject, timer });
      this.run(sent.effects);
    });
  }

  private run(effects: Effect[]): void {
    for (const effect of effects) this.apply(effect);
  }

  private apply(effect: Effect): void {
    switch (effect.do) {
      case "open":
        return this.openSocket(effect.server);
      case "send":
        return this.socket?.send(JSON.stringify(effect.message));
      case "drop":
        console.info("x dropped the socket:", effect.why);
        return this.dropSocket();
      case "answer":
        return this.answered(effect.id, effect.message);
      case "lost":
        this.failAll();
    }
    this.listener.effect(effect);
  }

  private openSocket(server: string | null): void {
    this.dropSocket();
    const socket = this.around.openSocket(server);
    this.socket = socket;
    const mine = (work: () => Effect[]) => (): void => {
      if (this.socket === socket) this.run(work());
    };
    socket.onopen = mine(() => this.session.socketOpened(this.around.now()));
    socket.onclose = mine(() => {
      this.socket = null;
      return this.session.socketClosed(this.around.now());
    });
    socket.onmessage = (event) => {
      if (this.socket !== socket) return;
      this.run(this.session.received(String(event.data), this.around.now()));
    };
  }

  private dropSocket(): void {
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  private answered(id: number, message: Ok | Refused): void {
    const one = this.claim(id);
    if (!one) return;
    if (message.type === "ok") one.resolve(message.result);
    else one.reject({ code: message.code, text: message.text, uncertain: false });
  }

  private claim(id: number): Waiting | undefined {
    const one = this.waiting.get(id);
    this.waiting.delete(id);
    if (one) clearTimeout(one.timer);
    return one;
  }

  private fail(id: number, code: LocalCode): void {
    this.claim(id)?.reject(refusal(code));
  }

  private failAll(): void {
    for (const id of [...this.waiting.keys()]) this.fail(id, "link_lost");
  }
}
