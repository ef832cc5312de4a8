import { useEffect } from "preact/hooks";
import { Notice } from "../components/Alert";
import { Button } from "../components/Button";
import { usePage } from "../components/page";
import { say } from "../i18n";
import { common } from "../i18n/common";
import { audioBlocked, cameraOn, resumeAudio, startCapture, startMedia, stopMedia } from "../media";
import { staying } from "../presence";
import type { View } from "../protocol";
import { ownRoom, stageOf } from "../room/state";
import { stopSharing } from "../share/share";
import { away, link, notice, press } from "../store";
import { RoomBefore } from "./RoomBefore";
import { RoomClosed } from "./RoomClosed";
import { RoomIn } from "./RoomIn";
import "../styles/room.css";
import "../styles/hall.css";
import "../styles/pact.css";

function warn(error: unknown): void {
  console.warn("x capture:", error);
}

/** The hall's page: looks first, joins by one button, then shows the session. */
export function Room({ seen }: { seen: View }) {
  usePage("room");
  const stage = stageOf({ view: seen, away: away.value, staying: staying.value });
  const inside = seen.you.device !== null || stage === "reconnecting";
  useMedia(inside, stage === "closed");
  useCameraNews(seen);
  const room = ownRoom(seen);
  if (!room) return null; // a token without a room never leads to this page
  return (
    <div class="hall" data-state={stage} data-phase={seen.conference.phase}>
      {stage === "closed" ? (
        <RoomClosed seen={seen} room={room} />
      ) : stage === "before" ? (
        <RoomBefore seen={seen} room={room} />
      ) : (
        <RoomIn seen={seen} room={room} stage={stage} />
      )}
      {audioBlocked.value && inside && <SoundHeld />}
      <Notice text={notice.value && say(notice.value)} />
    </div>
  );
}

function SoundHeld() {
  return (
    <div class="held">
      <Button icon="vol" look="primary" class="xl" onClick={resumeAudio} testId="sound-on">
        {common.soundOn}
      </Button>
    </div>
  );
}

/** Camera and microphone from the first moment on; the connections once inside. */
function useMedia(inside: boolean, closed: boolean): void {
  useEffect(() => {
    if (closed) stopSharing();
    if (closed) stopMedia();
    else (inside ? startMedia() : startCapture()).catch(warn);
  }, [inside, closed]);
}

/** Tells the server when the camera was switched, also if that was while the link was away. */
function useCameraNews({ you }: View): void {
  const on = cameraOn.value;
  const told = you.device?.kind === "main" ? you.device.camera : on;
  const open = link.value.state === "open";
  useEffect(() => {
    if (open && told !== on) press({ type: "device.camera", on });
  }, [open, told, on]);
}
