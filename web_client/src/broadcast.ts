// The broadcast as the pages see it.

import type { BroadcastView, ConferenceView } from "./protocol";

/** The broadcast that runs; null: none does. */
export function onAir({ broadcast }: Pick<ConferenceView, "broadcast">): BroadcastView | null {
  return broadcast && broadcast.ended_at === null ? broadcast : null;
}
