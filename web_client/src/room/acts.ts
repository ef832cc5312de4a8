/** What the operator's buttons and keys do. */
import { cameraOn } from "../media";
import { myRoom, press, view } from "../store";
import { micButton } from "./state";

export function toggleMic(): void {
  const room = myRoom.value;
  if (!room) return;
  const type = micButton(room) === "on" ? "mic.mute" : "mic.unmute";
  press({ type, room: room.code });
}

/** Works without a link, too: the server is told when it is back. */
export function toggleCamera(): void {
  cameraOn.value = !cameraOn.value;
}

export function toggleHand(): void {
  const room = myRoom.value;
  if (room) press({ type: room.hand === null ? "hand.raise" : "hand.lower", room: room.code });
}

/** Only the hall's camera sends a picture, so only it has a camera to switch. */
export function hasCameraButton(): boolean {
  return view.value?.you.device?.kind === "main";
}
