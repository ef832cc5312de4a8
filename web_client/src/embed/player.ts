// Plays the programme by WHEP: asks how it stands, connects, and connects again for as long as the
// page is open.

import { iceServers, isFinal, LOOK_MS, mayPlay, type Now, pause, WAIT_MS } from "./rules";

const ANSWER_MS = 10_000;
/** A connection over which no picture comes for so long is given up, ms. */
const STILL_MS = 8_000;
const SDP = "application/sdp";

export interface Player {
  now: Now | null;
  /** Consecutive tries that failed. */
  failures: number;
  /** The token is not good. */
  refused: boolean;
  stream: MediaStream | null;
}

class Refused extends Error {
  constructor(
    readonly status: number,
    readonly after: number,
  ) {
    super(`HTTP ${status}`);
  }
}

/** Runs until the page is closed; `changed` is called with each change. */
export async function play(conference: string, token: string, changed: (player: Player) => void): Promise<never> {
  const player: Player = { now: null, failures: 0, refused: false, stream: null };
  const told = (): void => changed({ ...player });
  for (;;) {
    try {
      player.now = await ask(conference, token);
      told();
      if (mayPlay(player.now) && !player.now.full) await watch(conference, token, player, told);
      else await sleep(WAIT_MS * (0.7 + Math.random() * 0.6));
      player.failures = 0;
    } catch (error) {
      const [status, after] = error instanceof Refused ? [error.status, error.after] : [0, 0];
      player.refused = isFinal(status);
      if (status === 503 && player.now) player.now = { ...player.now, full: true }; // since it was asked
      player.failures += 1;
      told();
      console.info("- programme:", error);
      await sleep(pause(player.failures, Math.random(), player.refused ? RETRY_REFUSED_S : after));
    } finally {
      player.stream = null;
      told();
    }
  }
}

/** Revoked links may be issued anew under the same address no more; but a server that is being set
 * up may know it a minute later. */
const RETRY_REFUSED_S = 60;

async function ask(conference: string, token: string): Promise<Now> {
  return (await (await request(`/embed/${conference}/now`, token)).json()) as Now;
}

async function request(url: string, token: string, more: RequestInit = {}): Promise<Response> {
  const headers = { ...more.headers, Authorization: `Bearer ${token}` };
  const answer = await fetch(url, { ...more, headers, signal: AbortSignal.timeout(ANSWER_MS) });
  if (!answer.ok) throw new Refused(answer.status, Number(answer.headers.get("Retry-After") ?? 0));
  return answer;
}

/** Returns when the conference is over; throws when the connection is. */
async function watch(conference: string, token: string, player: Player, told: () => void): Promise<void> {
  const address = `/whep/${conference}`;
  const options = await request(address, token, { method: "OPTIONS" });
  const peer = new RTCPeerConnection({ iceServers: iceServers(options.headers.get("Link")) });
  let session: string | null = null;
  const bye = (): void => leave(session, token);
  addEventListener("pagehide", bye);
  try {
    const stream = receiving(peer);
    await peer.setLocalDescription();
    const body = peer.localDescription?.sdp ?? "";
    const opened = await request(address, token, { method: "POST", headers: { "Content-Type": SDP }, body });
    session = opened.headers.get("Location");
    await peer.setRemoteDescription({ type: "answer", sdp: await opened.text() });
    player.stream = stream;
    told();
    await follow(conference, token, player, told, peer);
  } finally {
    removeEventListener("pagehide", bye);
    peer.close();
    bye();
  }
}

function receiving(peer: RTCPeerConnection): MediaStream {
  const kinds = ["audio", "video"] as const;
  return new MediaStream(kinds.map((kind) => peer.addTransceiver(kind, { direction: "recvonly" }).receiver.track));
}

/** Looks who is shown, and whether anything comes: as long as it does, a look that fails is no harm. */
async function follow(
  conference: string,
  token: string,
  player: Player,
  told: () => void,
  peer: RTCPeerConnection,
): Promise<void> {
  let [before, cameAt] = [0, Date.now()];
  for (;;) {
    await sleep(LOOK_MS * (0.8 + Math.random() * 0.4));
    try {
      player.now = await ask(conference, token);
    } catch (error) {
      if (error instanceof Refused && isFinal(error.status)) throw error;
      console.info("- who is shown is not known:", error);
    }
    const bytes = await received(peer);
    if (bytes > before) {
      [before, cameAt, player.failures] = [bytes, Date.now(), 0];
    }
    told();
    if (player.now && !mayPlay(player.now)) return;
    const gone = peer.connectionState === "failed" || peer.connectionState === "closed";
    if (gone || Date.now() - cameAt > STILL_MS) throw new Error(`nothing comes: ${peer.connectionState}`);
  }
}

async function received(peer: RTCPeerConnection): Promise<number> {
  let sum = 0;
  (await peer.getStats()).forEach((one: RTCStats & { bytesReceived?: number }) => {
    if (one.type === "transport") sum += one.bytesReceived ?? 0;
  });
  return sum;
}

/** The place is free for the next at once, also when the page is closed. */
function leave(session: string | null, token: string): void {
  if (session === null) return;
  fetch(session, { method: "DELETE", headers: { Authorization: `Bearer ${token}` }, keepalive: true }).catch(
    (error: unknown) => console.info("- leave:", error),
  );
}

function sleep(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}
