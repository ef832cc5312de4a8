// One path alone, with a connection of its own that carries nothing.

import type { Connected, DoPath } from "../protocol";
import { Peer } from "./peer";

export async function tryPath(run: string, task: DoPath, stop: AbortSignal): Promise<Connected> {
  const peer = new Peer({ ...task, run }, stop);
  try {
    peer.rtc.addTransceiver("audio", { direction: "recvonly" });
    return await peer.open();
  } finally {
    peer.close();
  }
}
