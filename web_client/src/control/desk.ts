// What a desk's page sees and hears of the rooms. The glue between its pages and the store.

import { computed } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { closeCapture } from "../capture";
import type { Stream } from "../components/RoomPicture";
import { cameraOn, levels, local, localLevel, startMedia, stopMedia, streams } from "../media";
import { measuredOf } from "../measured";
import type { RoomView } from "../protocol";
import { clock, isRefusal, link, me, quietCommand, view } from "../store";
import { sightFor } from "./sight";
import type { Sight } from "./state";

/**
 * Sits down at the desk while the page is shown and the session is not over: media.ts joins and
 * connects by itself. Afterwards the camera's light goes out.
 */
export function useDesk(): void {
  const over = view.value?.conference.phase === "closed";
  useEffect(() => {
    if (over) return closeCapture();
    startMedia().catch((error: unknown) => console.warn("x media:", error));
    return stopMedia;
  }, [over]);
  useEffect(tellCamera, [link.value.state, me.value?.device, cameraOn.value]);
}

/** The others read a word where the hub's camera is off: the server is told as soon as it hears. */
function tellCamera(): void {
  const device = me.value?.device;
  if (device?.kind !== "main" || link.value.state !== "open") return;
  if (device.camera === cameraOn.value) return;
  quietCommand({ type: "device.camera", on: cameraOn.value }).catch((error: unknown) => {
    if (!isRefusal(error)) throw error; // the next welcome tells it again
  });
}

/** The hub's camera is away and this desk could step in. */
export const canTakeMain = computed(() => {
  const hub = hubRoom.value;
  const device = me.value?.device;
  return (
    me.value?.role === "moderator" &&
    device?.kind === "desk" &&
    (hub?.main === null || hub?.presence === "lost")
  );
});

export const hubRoom = computed<RoomView | null>(
  () => view.value?.rooms.find((room) => room.hub) ?? null,
);

/** Is this page's own camera the hub's picture? */
export const isHubCamera = computed(() => {
  const device = me.value?.device;
  return device?.kind === "main" && device.id === hubRoom.value?.main;
});

/**
 * What is seen of a room: one's own camera for the hub, else what arrives. What arrives well here
 * may still be poor there: then the room's own line is named.
 */
export function sightOf(room: RoomView): (Stream & Sight) | null {
  const now = room.hub && isHubCamera.value ? own() : (streams.value[room.code] ?? null);
  const weak = now?.weak ?? measuredOf(room.code, clock.value)?.weak ?? null;
  return sightFor(room, now && { ...now, weak });
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
