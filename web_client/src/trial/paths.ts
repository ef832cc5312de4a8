// One path alone, with a connection of its own that carries nothing.

import type { Connected, DoPath } from "../protocol";
import { notConnected, Peer } from "./peer";

export async function tryPath(run: string, task: DoPath, stop: AbortSignal): Promise<Connected> {
  let peer: Peer;
  try {
    peer = new Peer({ ...task, run }, stop);
  } catch (error) {
    // A browser refuses a server at once whose port it holds for unsafe.
    if (!(error instanceof DOMException)) throw error;
    return notConnected([error.message]);
  }
  try {
    peer.rtc.addTransceiver("audio", { direction: "recvonly" });
    return await peer.open();
  } finally {
    peer.close();
  }
}
