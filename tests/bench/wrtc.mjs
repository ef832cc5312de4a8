// Clients that are neither a browser nor of our own make: libwebrtc in Node.js, with its real congestion
// control. Reads {"publish": [{url, token}], "play": [{url, token}], "seconds", "settle", "width",
// "height", "fps"} from standard input; writes one line of JSON when all are connected, waits `settle`
// seconds, measures for `seconds`, and writes what each client's own statistics say of that time.

import { createRequire } from "node:module";
import { text } from "node:stream/consumers";

const require = createRequire(new URL("../../web_client/package.json", import.meta.url));
const { RTCPeerConnection, nonstandard } = require("@roamhq/wrtc");
const CONNECT_MS = 20_000;
const SAMPLE_RATE = 48_000;

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Ends with what `promise` gives, or after `ms` with an error that says what was waited for. */
async function within(ms, what, promise) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`${what}: not within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A picture in which everything moves, so that the encoder has as much to say as it may. */
class Camera {
  constructor({ width, height, fps }) {
    this.source = new nonstandard.RTCVideoSource();
    this.width = width;
    this.height = height;
    this.data = new Uint8ClampedArray((width * height * 3) / 2).fill(128);
    this.count = 0;
    this.timer = setInterval(() => this.show(), 1000 / fps);
  }

  show() {
    const { width, height, data } = this;
    const shift = this.count++ * 3;
    for (let y = 0; y < height; y++) {
      const row = y * width;
      for (let x = 0; x < width; x++) data[row + x] = ((x + shift) ^ (y + shift)) & 0xff;
    }
    this.source.onFrame({ width, height, data });
  }

  stop() {
    clearInterval(this.timer);
  }
}

/** A tone, in pieces of 10 ms by the wall clock: a timer alone drifts. */
class Microphone {
  constructor() {
    this.source = new nonstandard.RTCAudioSource();
    this.began = Date.now();
    this.pieces = 0;
    this.timer = setInterval(() => this.catchUp(), 5);
  }

  catchUp() {
    const due = Math.min(this.pieces + 20, Math.floor((Date.now() - this.began) / 10));
    for (; this.pieces < due; this.pieces++) {
      const samples = new Int16Array(SAMPLE_RATE / 100);
      const at = this.pieces * samples.length;
      for (let n = 0; n < samples.length; n++) {
        samples[n] = 8000 * Math.sin((2 * Math.PI * 440 * (at + n)) / SAMPLE_RATE);
      }
      this.source.onData({ samples, sampleRate: SAMPLE_RATE, channelCount: 1 });
    }
  }

  stop() {
    clearInterval(this.timer);
  }
}

class Client {
  constructor(kind, { url, token }) {
    this.kind = kind;
    this.url = url;
    this.token = token;
    this.peer = new RTCPeerConnection();
    this.session = null;
  }

  /** RFC 9725 section 4.2, and WHEP's the same: one POST, all candidates in it. */
  async connect() {
    const { peer } = this;
    await peer.setLocalDescription(await peer.createOffer());
    await within(CONNECT_MS, "gathering", once(() => peer.iceGatheringState === "complete"));
    const reply = await this.ask(this.url, "POST", peer.localDescription.sdp);
    if (reply.status !== 201) throw new Error(`POST: ${reply.status} ${await reply.text()}`);
    this.session = new URL(reply.headers.get("location"), this.url).href;
    await peer.setRemoteDescription({ type: "answer", sdp: await reply.text() });
    await within(CONNECT_MS, "connecting", once(() => peer.connectionState === "connected"));
  }

  ask(url, method, body) {
    const headers = { Authorization: `Bearer ${this.token}` };
    if (body) headers["Content-Type"] = "application/sdp";
    return fetch(url, { method, body, headers, signal: AbortSignal.timeout(CONNECT_MS) });
  }

  async look() {
    const found = {};
    for (const one of (await this.peer.getStats()).values()) {
      if (one.type === "candidate-pair" && one.nominated) found.pair = one;
      const media = /^(in|out)bound-rtp$/.test(one.type);
      if (media || one.type === "remote-inbound-rtp") found[`${one.type} ${one.kind}`] = one;
    }
    return found;
  }

  async leave() {
    if (this.session) await this.ask(this.session, "DELETE");
    this.peer.close();
  }
}

/** Looks every 20 ms: `holds` is true in the end. The caller bounds the time. */
async function once(holds) {
  while (!holds()) await sleep(20);
}

const grown = (before, after, part, name) => (after[part]?.[name] ?? 0) - (before[part]?.[name] ?? 0);

function told(client, before, after, seconds) {
  const from = (part) => (name) => grown(before, after, part, name);
  const kbps = (octets) => Math.round((octets * 8) / 1000 / seconds);
  const found = { kind: client.kind, round_trip_ms: 1000 * (after.pair?.currentRoundTripTime ?? 0) };
  if (client.kind === "publish") {
    const [video, audio] = [from("outbound-rtp video"), from("outbound-rtp audio")];
    return {
      ...found,
      video_kbps: kbps(video("bytesSent")),
      audio_kbps: kbps(audio("bytesSent")),
      available_kbps: Math.round((after.pair?.availableOutgoingBitrate ?? 0) / 1000),
      frames_per_s: video("framesEncoded") / seconds,
      lost_percent: (100 * from("remote-inbound-rtp video")("packetsLost")) / Math.max(1, video("packetsSent")),
    };
  }
  const [video, audio] = [from("inbound-rtp video"), from("inbound-rtp audio")];
  const lost = video("packetsLost");
  return {
    ...found,
    video_kbps: kbps(video("bytesReceived")),
    audio_kbps: kbps(audio("bytesReceived")),
    frames_per_s: video("framesDecoded") / seconds,
    height: after["inbound-rtp video"]?.frameHeight ?? 0,
    freezes: video("freezeCount"),
    lost_percent: (100 * lost) / Math.max(1, lost + video("packetsReceived")),
    concealed_percent:
      (100 * (audio("concealedSamples") - audio("silentConcealedSamples"))) /
      Math.max(1, audio("totalSamplesReceived")),
  };
}

const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

async function main() {
  const plan = JSON.parse(await text(process.stdin));
  const sources = plan.publish.length ? [new Camera(plan), new Microphone()] : [];
  const clients = [];
  for (const place of plan.publish) {
    const client = new Client("publish", place);
    for (const { source } of sources) {
      client.peer.addTransceiver(source.createTrack(), { direction: "sendonly" });
    }
    clients.push(client);
  }
  for (const place of plan.play) {
    const client = new Client("play", place);
    for (const kind of ["audio", "video"]) client.peer.addTransceiver(kind, { direction: "recvonly" });
    clients.push(client);
  }
  for (const client of clients) await client.connect();
  say({ connected: clients.length });
  await sleep(1000 * plan.settle);
  const before = await Promise.all(clients.map((client) => client.look()));
  await sleep(1000 * plan.seconds);
  const after = await Promise.all(clients.map((client) => client.look()));
  say({ clients: clients.map((client, n) => told(client, before[n], after[n], plan.seconds)) });
  await Promise.all(clients.map((client) => client.leave()));
  for (const source of sources) source.stop();
}

main().then(
  () => process.exit(0), // the library's threads would keep it
  (error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
