// The page on which the public watches: HLS put into the browser's decoder (Media Source Extensions);
// where there are none, as on iPhones, the browser plays HLS by itself.

import "./watch.css";
import { begins, codecs, next, segments } from "./playlist";

const LOOK_MS = 1_000;
const AGAIN_MS = 4_000;
const FETCH_MS = 15_000;
/** So far behind the end of what is there a viewer is, s; further than the second it jumps forward. */
const BEHIND_S = 3;
const TOO_FAR_S = 14;
/** What was seen is kept so long, s. */
const KEEP_S = 20;

const told = document.body.dataset;
const source = told.source ?? "";
const video = must<HTMLVideoElement>("picture");
const said = must("said");
const live = must("live");
const sound = must<HTMLButtonElement>("sound");

function must<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no ${id}`);
  return found as T;
}

function say(words: string | undefined): void {
  said.textContent = words ?? "";
  live.hidden = Boolean(words);
}

async function get(name: string): Promise<Response> {
  const answer = await fetch(`${source}/${name}`, { signal: AbortSignal.timeout(FETCH_MS) });
  if (!answer.ok) throw new Missing(answer.status);
  return answer;
}

class Missing extends Error {
  constructor(readonly status: number) {
    super(String(status));
  }
}

class Ended extends Error {}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

async function play(): Promise<void> {
  try {
    await video.play();
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== "NotAllowedError") return;
    video.muted = true; // browsers want a hand for sound
    sound.hidden = false;
    await video.play().catch(() => undefined);
  }
}

sound.addEventListener("click", () => {
  video.muted = false;
  sound.hidden = true;
  void video.play();
});
video.addEventListener("volumechange", () => {
  if (!video.muted) sound.hidden = true;
});

/** One joining, until something fails. */
class Watching {
  private head = "";
  private last: number | null = null;

  private constructor(
    private readonly media: MediaSource,
    private readonly buffer: SourceBuffer,
  ) {}

  static async join(): Promise<Watching> {
    const kind = `video/mp4; codecs="${codecs(await (await get("index.m3u8")).text())}"`;
    if (!MediaSource.isTypeSupported(kind)) throw new TypeError(kind);
    const media = new MediaSource();
    const address = URL.createObjectURL(media);
    video.src = address;
    await new Promise((done) => media.addEventListener("sourceopen", done, { once: true }));
    URL.revokeObjectURL(address);
    media.duration = Number.POSITIVE_INFINITY;
    return new Watching(media, media.addSourceBuffer(kind));
  }

  async follow(): Promise<void> {
    let quiet = 0;
    while (!video.error && this.media.readyState === "open") {
      const all = segments(await (await get("live.m3u8")).text());
      const one = next(all, this.last);
      if (!one) {
        if (++quiet * LOOK_MS > FETCH_MS) throw new Ended();
        await pause(LOOK_MS);
        continue;
      }
      quiet = 0;
      const data = await (await get(one.name)).arrayBuffer();
      const end = this.end();
      if (one.head !== this.head || this.last === null || one.number !== this.last + 1) {
        await this.put(await (await get(one.head)).arrayBuffer());
        this.buffer.timestampOffset = end - begins(data);
        this.head = one.head;
      }
      await this.put(data);
      this.last = one.number;
      await this.keepUp();
    }
    throw new Ended();
  }

  private end(): number {
    const { buffered } = this.buffer;
    return buffered.length ? buffered.end(buffered.length - 1) : 0;
  }

  private async put(data: ArrayBuffer): Promise<void> {
    this.buffer.appendBuffer(data);
    await this.idle();
  }

  private idle(): Promise<void> {
    return new Promise((done, failed) => {
      this.buffer.addEventListener("updateend", () => done(), { once: true });
      this.buffer.addEventListener("error", () => failed(new Ended()), { once: true });
    });
  }

  private async keepUp(): Promise<void> {
    const end = this.end();
    const { buffered } = this.buffer;
    const start = buffered.length ? buffered.start(0) : 0;
    const away = !video.paused && end - video.currentTime > TOO_FAR_S;
    if (away || video.currentTime < start) video.currentTime = Math.max(start, end - BEHIND_S);
    if (!started && end - start >= BEHIND_S) {
      started = true;
      video.currentTime = Math.max(start, end - BEHIND_S);
      await play();
    }
    if (started) say("");
    if (start < video.currentTime - 2 * KEEP_S) {
      this.buffer.remove(0, video.currentTime - KEEP_S);
      await this.idle();
    }
  }
}

let started = false;

async function watch(): Promise<void> {
  for (;;) {
    try {
      started = false;
      await (await Watching.join()).follow();
    } catch (error) {
      if (error instanceof TypeError && /video\/mp4/.test(error.message)) return say(told.unable);
      const off = error instanceof Missing && error.status === 404;
      say(off || error instanceof Ended ? told.waiting : told.lost);
    }
    await pause(AGAIN_MS);
  }
}

/** As iPhones do. */
async function native(): Promise<void> {
  for (;;) {
    try {
      await get("live.m3u8");
      video.src = `${source}/index.m3u8`;
      say("");
      await play();
      await new Promise((done) => {
        video.addEventListener("error", done, { once: true });
        video.addEventListener("ended", done, { once: true });
      });
    } catch (error) {
      say(error instanceof Missing && error.status === 404 ? told.waiting : told.lost);
    }
    await pause(AGAIN_MS);
  }
}

say(told.joining);
if ("MediaSource" in window) void watch();
else if (video.canPlayType("application/vnd.apple.mpegurl")) void native();
else say(told.unable);
