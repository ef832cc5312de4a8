import { useEffect, useState } from "preact/hooks";
import { useKeys } from "../components/page";
import { focusOf } from "../control/keys";
import type { RoomView, View } from "../protocol";
import { hasCameraButton, toggleCamera, toggleHand, toggleMic } from "../room/acts";
import { AttendancePanel } from "../room/AttendancePanel";
import { Controls } from "../room/Controls";
import { DevicesDialog } from "../room/DevicesDialog";
import { HallAlarm } from "../room/HallAlarm";
import { changeCount } from "../room/headcount";
import { StatusLine } from "../room/StatusLine";
import { Stage } from "../room/Stage";
import { keyAct, micButton, type Stage as StageName } from "../room/state";
import { stayAwake } from "../room/wake";

interface RoomInProps {
  seen: View;
  room: RoomView;
  stage: StageName;
}

/** In the session: where things stand, who speaks, what the hall can do. */
export function RoomIn({ seen, room, stage }: RoomInProps) {
  const [adding, setAdding] = useState(false);
  const [listing, setListing] = useState(false);
  useEffect(stayAwake, []);
  useRoomKeys(room, stage, () => setListing(!listing));
  const close = (): void => {
    setListing(false);
    document.querySelector<HTMLElement>("[data-testid=attendance-open]")?.focus();
  };
  return (
    <>
      <div class="in">
        <StatusLine seen={seen} room={room} stage={stage} />
        <HallAlarm room={room} />
        <Stage
          seen={seen}
          room={room}
          stage={stage}
          side={listing ? <AttendancePanel seen={seen} room={room} onClose={close} /> : undefined}
        />
        <Controls
          seen={seen}
          room={room}
          stage={stage}
          listing={listing}
          onList={() => setListing(!listing)}
          onAdd={() => setAdding(true)}
        />
      </div>
      {stage === "onair" && <div class="redframe" />}
      {adding && <DevicesDialog seen={seen} room={room} onClose={() => setAdding(false)} />}
    </>
  );
}

function useRoomKeys(room: RoomView, stage: StageName, onList: () => void): void {
  const free = stage === "live" || stage === "next" || stage === "onair";
  useKeys((event) => {
    const focus = focusOf(document.activeElement);
    const act = focus === "dialog" || focus === "typing" ? null : keyAct(event);
    if (act === "list") {
      event.preventDefault(); // not into the field that it opens
      onList();
    } else if (act === "more") changeCount(1);
    else if (act === "fewer") changeCount(-1);
    else if (act === "camera" && hasCameraButton()) toggleCamera();
    else if (act === "hand" && free && stage !== "onair") toggleHand();
    else if (act === "mic" && free && micButton(room) !== "locked") toggleMic();
  });
}
