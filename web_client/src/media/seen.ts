// What only the receiving page knows of the rooms, as it is told to the server. Pure.

import type { SeenRoom } from "../protocol";
import type { Figures } from "./down";

/** Of one down connection: counters of sound are compared with those of the last report. */
export class Seen {
  private before = new Map<string, Figures>();

  /** One entry for each room of which anything has come. */
  report(figures: ReadonlyMap<string, Figures>): SeenRoom[] {
    const came = [...figures].filter(([, now]) => now.received > 0);
    const rooms = came.map(([room, now]) => ({
      room,
      freezes: now.freezes,
      frozen_s: now.frozenSeconds,
      dropped: now.dropped,
      fps: now.fps,
      concealed_percent: concealed(this.before.get(room), now),
    }));
    this.before = new Map(figures);
    return rooms;
  }
}

/** Of the sound played since `before`, percent; null when none was. */
function concealed(before: Figures | undefined, now: Figures): number | null {
  const played = now.samples - (before?.samples ?? 0);
  const made = now.concealed - (before?.concealed ?? 0);
  return played > 0 ? Math.min(100, Math.max(0, (100 * made) / played)) : null;
}
