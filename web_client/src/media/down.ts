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
}

export class Down extends Line {
  private places = new Map<string, Slot>();

  constructor(key: string, changed: () => void) {
    super("down", key, changed);
  }

  async answer(offer: string, slots: Slot[]): Promise<string> {
    await this.peer.setRemoteDescription({ type: "offer", sdp: offer });
    this.places = new Map(slots.map((slot) => [slot.mid, slot]));
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
      const sum = rooms.get(slot.room) ?? { frames: 0, received: 0, lost: 0, level: 0 };
      rooms.set(slot.room, sum);
      sum.frames += one.framesDecoded ?? 0;
      sum.received += one.packetsReceived ?? 0;
      sum.lost += Math.max(0, one.packetsLost ?? 0);
      if (slot.kind === "audio") sum.level = one.audioLevel ?? 0;
    }
    return rooms;
  }
}
