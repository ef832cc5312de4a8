import { useEffect, useState } from "preact/hooks";
import { useKeys } from "../components/page";
import { focusOf } from "../control/keys";
import { lend } from "../display/feed";
import { SecondScreen } from "../display/SecondScreen";
import { Cues } from "../hall/Cues";
import { FromHub } from "../hall/FromHub";
import { HelpDialog, HelpRow } from "../hall/HelpCall";
import { PactButton } from "../hall/PactButton";
import { PactPanel } from "../hall/PactPanel";
import { SignSheet } from "../hall/SignSheet";
import { understand } from "../hall/state";
import { usePush } from "../hall/usePush";
import type { RoomView, View } from "../protocol";
import { BroadcastRow } from "../aired/BroadcastSign";
import { RecordingRow } from "../recorded/RecordingSign";
import { hasCameraButton, toggleCamera, toggleHand, toggleMic } from "../room/acts";
import { AttendancePanel } from "../room/AttendancePanel";
import { Controls } from "../room/Controls";
import { DevicesDialog } from "../room/DevicesDialog";
import { HallAlarm } from "../room/HallAlarm";
import { PlanRow } from "../room/PlanRow";
import { changeCount } from "../room/headcount";
import { StatusLine } from "../room/StatusLine";
import { Stage } from "../room/Stage";
import { type KeyAct, keyAct, micButton, type Stage as StageName } from "../room/state";
import { stayAwake } from "../room/wake";
import { ShareDialog } from "../share/ShareDialog";
import { ShareRow } from "../share/ShareRow";
import { talkAct } from "../talk/act";
import { Lines } from "../talk/LineCard";
import { useRing } from "../talk/useRing";

interface RoomInProps {
  seen: View;
  room: RoomView;
  stage: StageName;
}

/** What stands in the place of the other halls. */
type Side = "list" | "pact" | null;

/** In the session: where things stand, who speaks, what the hall can do. */
export function RoomIn({ seen, room, stage }: RoomInProps) {
  const [adding, setAdding] = useState(false);
  const [helping, setHelping] = useState(false);
  const [screening, setScreening] = useState(false);
  const [sharing, setSharing] = useState(false);
  const [side, setSide] = useState<Side>(null);
  const [signing, setSigning] = useState<string | null>(null);
  const { pact } = seen;
  const toggle = (which: Side): void => setSide(side === which ? null : which);
  useEffect(stayAwake, []);
  useEffect(lend, []);
  usePush(room, isFree(stage));
  // Through an open microphone the others would hear it.
  useRing(seen.you.device?.kind === "main" && room.mic !== "on");
  useRoomKeys(room, stage, (act) => {
    if (act === "list") toggle("list");
    else if (act === "help") setHelping(true);
    else if (act === "screen") setScreening(true);
    else if (act === "share") setSharing(canShare(seen));
    else if (act === "pact" && pact && signing === null) toggle("pact");
    else if (act === "understood") understand();
    else if (act === "answer" || act === "end" || act === "write") return talkAct(act);
    return true;
  });
  const closeSide = (opener: string): void => {
    setSide(null);
    focusOn(opener);
  };
  const closeScreen = (): void => {
    setScreening(false);
    focusOn("add-device");
  };
  const closeSheet = (): void => {
    setSigning(null);
    focusOn("pact-title");
  };
  return (
    <>
      <div class="in">
        <StatusLine seen={seen} room={room} stage={stage} />
        <RecordingRow seen={seen} />
        <BroadcastRow seen={seen} />
        <ShareRow />
        <FromHub seen={seen} />
        <HallAlarm room={room} />
        <PlanRow room={room} />
        <div class="mid">
          <Stage
            seen={seen}
            room={room}
            stage={stage}
            side={
              side === "list" ? (
                <AttendancePanel seen={seen} room={room} onClose={() => closeSide("attendance-open")} />
              ) : side === "pact" && pact ? (
                <PactPanel
                  seen={seen}
                  room={room}
                  pact={pact}
                  onSign={setSigning}
                  onClose={() => closeSide("pact-open")}
                />
              ) : undefined
            }
            below={
              pact && (
                <PactButton seen={seen} room={room} open={side === "pact"} onPress={() => toggle("pact")} />
              )
            }
          />
          {signing !== null && pact && (
            <SignSheet seen={seen} room={room} pact={pact} person={signing} onClose={closeSheet} />
          )}
          <Cues room={room} zone={seen.conference} main={seen.you.device?.kind === "main"} />
          <Lines zone={seen.conference} />
        </div>
        <HelpRow room={room} zone={seen.conference} />
        <Controls
          seen={seen}
          room={room}
          stage={stage}
          listing={side === "list"}
          onList={() => toggle("list")}
          onHelp={() => setHelping(true)}
          onShare={() => setSharing(true)}
          onAdd={() => setAdding(true)}
        />
      </div>
      {stage === "onair" && <div class="redframe" />}
      {adding && (
        <DevicesDialog
          seen={seen}
          room={room}
          onClose={() => setAdding(false)}
          onScreen={() => {
            setAdding(false);
            setScreening(true);
          }}
        />
      )}
      {screening && <SecondScreen onClose={closeScreen} />}
      {sharing && <ShareDialog hub={room.hub} onClose={() => setSharing(false)} />}
      {helping && <HelpDialog room={room} onClose={() => setHelping(false)} />}
    </>
  );
}

/** Once what was closed is gone and its opener is back. */
function focusOn(name: string): void {
  requestAnimationFrame(() => {
    document.querySelector<HTMLElement>(`[data-testid=${name}], #${name}`)?.focus();
  });
}

/** From the hall's own page: a phone that is there as something else shows by its camera alone. */
function canShare({ you }: View): boolean {
  return you.device?.kind === "main" && !you.device.waiting;
}

/** Connected and let in. */
function isFree(stage: StageName): boolean {
  return stage === "live" || stage === "next" || stage === "onair";
}

function useRoomKeys(room: RoomView, stage: StageName, more: (act: KeyAct) => boolean): void {
  const free = isFree(stage);
  useKeys((event) => {
    const focus = focusOf(document.activeElement);
    const act = focus === "dialog" || focus === "typing" ? null : keyAct(event);
    if (act === null) return;
    if (act === "more") changeCount(1);
    else if (act === "fewer") changeCount(-1);
    else if (act === "camera") hasCameraButton() && toggleCamera();
    else if (act === "hand") free && stage !== "onair" && toggleHand();
    else if (act === "mic") free && micButton(room) !== "locked" && toggleMic();
    else if (more(act)) event.preventDefault(); // not into the field that it opens
  });
}
