// The down connection: one fixed place for the sound and one for the picture of each room.

import type { Slot } from "../protocol";
import { Line } from "./line";

export interface Pair {
  video: MediaStream;
  audio: MediaStream;
}

/** What one room's sections told since the connection began. */
export interface Figures {
  frames: number;
  received: number;
  lost: number;
  /** 0..1. */
  level: number;
  freezes: number;
  frozenSeconds: number;
  /** Frames that came and were not shown. */
  dropped: number;
  /** Pictures per second; null while none come. */
  fps: number | null;
  /** Pixels of the picture's shorter side; 0 before the first. */
  lines: number;
  /** Samples of sound played, and those of them that were made up; silence is not counted. */
  samples: number;
  concealed: number;
}

const NOTHING: Figures = {
  ...{ frames: 0, received: 0, lost: 0, level: 0, freezes: 0, frozenSeconds: 0, dropped: 0 },
  ...{ fps: null, lines: 0, samples: 0, concealed: 0 },
};

export class Down extends Line {
  private places = new Map<string, Slot>();

  constructor(key: string, changed: () => void) {
    super("down", key, changed);
  }

  /** To the first offer, which tells the slots, or to that of a restart. */
  async answer(offer: string, slots?: Slot[]): Promise<string> {
    await this.peer.setRemoteDescription({ type: "offer", sdp: offer });
    if (slots) this.places = new Map(slots.map((slot) => [slot.mid, slot]));
    return this.described(await this.peer.createAnswer());
  }

  /** The streams by room; they stay the same for as long as the connection lives. */
  pairs(): Record<string, Pair> {
    const made: Record<string, Pair> = {};
    for (const { mid, receiver } of this.peer.getTransceivers()) {
      const slot = mid === null ? undefined : this.places.get(mid);
      if (!slot) continue;
      made[slot.room] ??= { video: new MediaStream(), audio: new MediaStream() };
      made[slot.room]?.[slot.kind].addTrack(receiver.track);
    }
    return made;
  }

  async figures(): Promise<Map<string, Figures>> {
    const rooms = new Map<string, Figures>();
    for (const one of (await this.stats()).values()) {
      const slot = one.type === "inbound-rtp" ? this.places.get(one.mid) : undefined;
      if (!slot) continue;
      const sum = rooms.get(slot.room) ?? { ...NOTHING };
      rooms.set(slot.room, sum);
      sum.frames += one.framesDecoded ?? 0;
      sum.received += one.packetsReceived ?? 0;
      sum.lost += Math.max(0, one.packetsLost ?? 0);
      if (slot.kind === "audio") addSound(sum, one);
      else addPicture(sum, one);
    }
    return rooms;
  }
}

function addSound(sum: Figures, one: RTCInboundRtpStreamStats): void {
  sum.level = one.audioLevel ?? 0;
  sum.samples += one.totalSamplesReceived ?? 0;
  sum.concealed += (one.concealedSamples ?? 0) - (one.silentConcealedSamples ?? 0);
}

function addPicture(sum: Figures, one: RTCInboundRtpStreamStats): void {
  sum.freezes += one.freezeCount ?? 0;
  sum.frozenSeconds += one.totalFreezesDuration ?? 0;
  sum.dropped += one.framesDropped ?? 0;
  sum.fps = one.framesPerSecond ?? null;
  sum.lines = Math.min(one.frameWidth ?? 0, one.frameHeight ?? 0);
}
