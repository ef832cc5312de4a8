// A display that a page of this browser has opened is fed by that page: the same view, and the same
// streams, so that nothing comes over the hall's line twice.

import { effect } from "@preact/signals";
import { local } from "../capture";
import { isHubCamera } from "../control/desk";
import { type RoomStreams, streams } from "../media";
import type { View } from "../protocol";
import { type Link, link, serverNow, view } from "../store";

export interface Feed {
  view: View;
  streams: Record<string, RoomStreams>;
  link: Link;
  /** The server's time, Unix ms, at this moment. */
  now: number;
}

export type Follower = (feed: Feed) => void;

export interface Lender {
  /** Calls `follower` now and after each change, until what is returned is called or `of` is closed. */
  follow: (follower: Follower, of: { readonly closed: boolean }) => () => void;
}

declare global {
  interface Window {
    /** Of a page that is in the conference: what a display may follow. */
    viconLender?: Lender;
  }
}

/** Lends what `read` gives; `watch` calls its argument after each change of it. */
export function makeLender(read: () => Feed | null, watch: (changed: () => void) => void): Lender {
  const followers = new Map<Follower, { readonly closed: boolean }>();
  const tell = (): void => {
    const feed = read();
    for (const [follower, of] of followers) {
      if (of.closed) followers.delete(follower);
      else if (feed) follower(feed);
    }
  };
  watch(tell);
  return {
    follow: (follower, of) => {
      followers.set(follower, of);
      const feed = read();
      if (feed) follower(feed);
      return () => followers.delete(follower);
    },
  };
}

/** Once for a page: displays that it opens may follow it. */
export function lend(): void {
  window.viconLender ??= makeLender(read, (changed) => effect(changed));
}

function read(): Feed | null {
  const seen = view.value;
  return seen && { view: seen, streams: shown(seen), link: link.value, now: serverNow() };
}

/** The hub's own camera does not come back over the line. */
function shown(seen: View): Record<string, RoomStreams> {
  const [found, own, hub] = [streams.value, local.value, seen.conference.hub];
  if (!own || !isHubCamera.value || found[hub]) return found;
  return { ...found, [hub]: { video: own, audio: new MediaStream(), moving: true, lines: 0, weak: null } };
}
