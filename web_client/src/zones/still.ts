// A still of a room's main camera, from a picture that this page shows anyway. It is drawn on the
// page, and neither kept nor sent.

import { local, streams } from "../media";
import type { RoomView } from "../protocol";
import { me } from "../store";

/** The stream of the room's main camera on this page; null: none comes here. */
export function mainStream(room: RoomView): MediaStream | null {
  const you = me.value;
  const own = you?.device ? you.device.id === room.main : room.main === null && you?.room === room.code;
  return own ? local.value : (streams.value[room.code]?.video ?? null);
}

/**
 * Draws the present picture whole, as the camera sees it: not as in a mirror. Gives back how much
 * wider than high it is; null: there is none.
 */
export function drawStill(room: RoomView, canvas: HTMLCanvasElement): number | null {
  const stream = mainStream(room);
  const screen = stream && screenOf(stream);
  if (!screen) return null;
  const { videoWidth: width, videoHeight: height } = screen;
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")?.drawImage(screen, 0, 0, width, height);
  return width / height;
}

/** HTMLMediaElement.HAVE_CURRENT_DATA */
const HAS_PICTURE = 2;

function screenOf(stream: MediaStream): HTMLVideoElement | null {
  const shows = (one: HTMLVideoElement): boolean =>
    one.srcObject === stream && one.videoWidth > 0 && one.readyState >= HAS_PICTURE;
  return [...document.querySelectorAll("video")].find(shows) ?? null;
}
