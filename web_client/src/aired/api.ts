// Where the broadcast can be watched and how it goes, over HTTP. Rejects with what `isTrouble` knows.

import { get } from "../http";

export interface Broadcast {
  /** The server is set up for it. */
  ready: boolean;
  public: boolean;
  /** Addresses; empty: there is no HLS. */
  page: string;
  hls: string;
  /** The public channel's host; empty: none. */
  channel: string;
  channel_state: "" | "connecting" | "sending" | "waiting";
  pictures: number;
  skipped: number;
  kbps: number;
  segments: number;
}

export async function readBroadcast(conference: string): Promise<Broadcast> {
  return (await get(`/api/v1/conferences/${encodeURIComponent(conference)}/broadcast`)).json() as Promise<Broadcast>;
}
