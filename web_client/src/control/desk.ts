// What a desk's page sees and hears of the rooms. The glue between its pages and the store.

import { computed } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Stream } from "../components/RoomPicture";
import { levels, local, localLevel, startMedia, stopMedia, streams } from "../media";
import type { RoomView } from "../protocol";
import { me, view } from "../store";
import { sightFor } from "./sight";
import type { Sight } from "./state";

/** Sits down at the desk while the page is shown: media.ts joins and connects by itself. */
export function useDesk(): void {
  useEffect(() => {
    void startMedia();
    return stopMedia;
  }, []);
}

export const hubRoom = computed<RoomView | null>(
  () => view.value?.rooms.find((room) => room.hub) ?? null,
);

/** Is this page's own camera the hub's picture? */
export const isHubCamera = computed(() => {
  const device = me.value?.device;
  return device?.kind === "main" && device.id === hubRoom.value?.main;
});

/** What is seen of a room: one's own camera for the hub, else what arrives. */
export function sightOf(room: RoomView): (Stream & Sight) | null {
  return sightFor(room, room.hub && isHubCamera.value ? own() : (streams.value[room.code] ?? null));
}

function own(): Stream | null {
  return local.value && { video: local.value, moving: true, weak: null };
}

/** Loudness 0..1. */
export function loudnessOf(room: RoomView): number {
  if (room.mic !== "on") return 0;
  if (room.hub && isHubCamera.value) return localLevel.value;
  return levels.value[room.code] ?? 0;
}
