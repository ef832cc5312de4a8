import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button } from "../components/Button";
import { Count } from "../components/Count";
import { Mic } from "../components/Mic";
import { RoomPicture } from "../components/RoomPicture";
import { StateChip } from "../components/StateChip";
import { Tabs } from "../components/Tabs";
import { Hand } from "../components/Tile";
import { undoAct } from "../control/acts";
import { alarmsOf, type Ask } from "../control/alarms";
import { sightOf } from "../control/desk";
import { airCode, canTakeFloor, heardMic, isOpen, roomState } from "../control/state";
import type { Act } from "../control/useAct";
import { attendance } from "../i18n/attendance";
import { ceremony } from "../i18n/ceremony";
import { common } from "../i18n/common";
import { control } from "../i18n/control";
import type { RoomView, View } from "../protocol";
import { clock } from "../store";
import { CallButton } from "../talk/CallButton";
import { AlarmCard } from "./AlarmCard";
import { PaneAttendance } from "./PaneAttendance";
import { PaneCourse } from "./PaneCourse";
import { PaneDevices } from "./PaneDevices";
import { FiguresLine, PaneFigures } from "./PaneFigures";
import { PanePersons } from "./PanePersons";
import { PanePlan } from "./PanePlan";
import { PaneReadiness } from "./PaneReadiness";

interface PaneProps {
  room: RoomView;
  seen: View;
  act: Act;
  ask: Ask;
  onClose: () => void;
}

/** The opened room: bigger picture, count and its sources, what can be done, its devices. */
export function RoomPane({ room, seen, act, ask, onClose }: PaneProps) {
  const head = useRef<HTMLHeadingElement>(null);
  const [tab, setTab] = useState<PaneTab>("room");
  useLayoutEffect(() => head.current?.focus(), []);
  return (
    <section class="pane" aria-labelledby="pane-title" data-pane={room.code}>
      <header>
        <h2 id="pane-title" ref={head} tabIndex={-1}>
          {room.name}
        </h2>
        <Button look="quiet" class="sm" kbd="Esc" onClick={onClose} testId="pane-close">
          {common.close}
        </Button>
      </header>
      <Tabs group="pane" tabs={TABS} now={tab} onTab={setTab} face={(one) => tabName(one, room)} />
      {tab === "list" ? (
        <div class="scroll" role="tabpanel" id="panepanel-list" aria-labelledby="panetab-list">
          <PaneAttendance room={room} seen={seen} />
        </div>
      ) : (
        <RoomTab room={room} seen={seen} act={act} ask={ask} />
      )}
    </section>
  );
}

type PaneTab = "room" | "list";
const TABS: PaneTab[] = ["room", "list"];

function tabName(tab: PaneTab, room: RoomView): string {
  return tab === "room" ? control.colRoom : `${attendance.title} ${room.checked_in || ""}`;
}

function RoomTab({ room, seen, act, ask }: Omit<PaneProps, "onClose">) {
  return (
    <div class="scroll" role="tabpanel" id="panepanel-room" aria-labelledby="panetab-room">
      <RoomPicture room={room} stream={sightOf(room)}>
        <Count room={room} plate />
        {room.hand !== null && <Hand place={room.hand} />}
      </RoomPicture>
      <p class="facts">
        <StateChip
          state={roomState(room, seen.conference, sightOf(room))}
          lostSince={room.lost_since}
          now={clock.value}
        />
        <span class="push">
          <Mic state={heardMic(room)} />
        </span>
      </p>
      <FiguresLine room={room} />
      <PaneAlarms room={room} seen={seen} act={act} ask={ask} />
      <PaneReadiness room={room} seen={seen} />
      <PanePlan room={room} seen={seen} act={act} />
      <PaneActs room={room} seen={seen} act={act} />
      <PanePersons room={room} act={act} />
      <PaneCourse room={room} seen={seen} />
      <PaneFigures room={room} />
      <PaneDevices room={room} act={act} />
    </div>
  );
}

/** The room's own alarms, over all that can be done in it. */
function PaneAlarms({ room, seen, act, ask }: Omit<PaneProps, "onClose">) {
  const alarms = alarmsOf(seen).filter((one) => one.room.code === room.code);
  if (alarms.length === 0) return null;
  return (
    <ul class="ev">
      {alarms.map((one) => (
        <li key={one.alarm.kind} data-alarm={one.alarm.kind}>
          <AlarmCard one={one} seen={seen} act={act} ask={ask} keyed={false} />
        </li>
      ))}
    </ul>
  );
}

type PaneActsProps = Omit<PaneProps, "ask" | "onClose">;

function PaneActs({ room, seen, act }: PaneActsProps) {
  const { conference } = seen;
  const closed = isOpen(conference.phase) ? null : control.notOpen;
  const here = closed ?? (canTakeFloor(room) ? null : control.notHere);
  const onAir = airCode(conference) === room.code ? control.isOnAir : null;
  const undo = undoAct(seen, clock.value);
  const isNext = conference.next === room.code ? control.isCued : null;
  return (
    <div class="r3 acts">
      {onAir && undo.seconds > 0 ? (
        <Button icon="undo" testId="pane-undo" onClick={() => act(undo.body)}>
          {control.undoIn(undo.seconds)}
        </Button>
      ) : (
        <Button
          icon="air"
          testId="pane-give"
          blocked={here ?? onAir}
          onClick={() => act({ type: "floor.give", room: room.code })}
        >
          {control.giveFloor}
        </Button>
      )}
      <Button
        icon="standby"
        testId="pane-cue"
        blocked={closed ?? onAir ?? isNext}
        onClick={() => act({ type: "floor.cue", room: room.code })}
      >
        {control.cue}
      </Button>
      <ShownActs room={room} seen={seen} act={act} blocked={here} />
      <MicActs room={room} seen={seen} act={act} blocked={closed} />
      {!room.hub && !closed && <CallButton seen={seen} room={room} kbd="F" testId="pane-call" />}
      {room.hand !== null && (
        <Button
          icon="hand"
          testId="pane-lower"
          onClick={() => act({ type: "hand.lower", room: room.code })}
        >
          {control.lowerHand}
        </Button>
      )}
    </div>
  );
}

/** Beside the room on air, and large for everyone. */
function ShownActs({ room, seen, act, blocked }: PaneActsProps & { blocked: string | null }) {
  const { conference } = seen;
  const [beside, pinned] = [conference.beside === room.code, conference.pinned === room.code];
  const onAir = airCode(conference) === room.code ? control.isOnAir : null;
  return (
    <>
      <Button
        icon="beside"
        kbd="G"
        testId="pane-beside"
        pressed={beside}
        blocked={beside ? null : (blocked ?? onAir)}
        onClick={() => act({ type: "spotlight.beside", room: beside ? null : room.code })}
      >
        {beside ? ceremony.besideEnd : ceremony.beside}
      </Button>
      <Button
        icon="pin"
        kbd="V"
        testId="pane-pin"
        pressed={pinned}
        blocked={pinned ? null : blocked}
        onClick={() => act({ type: "spotlight.pin", room: pinned ? null : room.code })}
      >
        {pinned ? ceremony.unpin : ceremony.pin}
      </Button>
    </>
  );
}

function MicActs({ room, seen, act, blocked }: PaneActsProps & { blocked: string | null }) {
  const heard = room.mic === "on";
  const locked = room.mic_lock;
  const here = blocked ?? (room.presence === "joined" ? null : control.notHere);
  return (
    <>
      {heard ? (
        <Button
          icon="mic-off"
          testId="pane-mute"
          blocked={here}
          onClick={() => act({ type: "mic.mute", room: room.code })}
        >
          {control.mute}
        </Button>
      ) : (
        <Button
          icon="mic"
          testId="pane-ask"
          blocked={here ?? (room.mic_asked ? control.asked : null)}
          onClick={() => act({ type: "mic.ask", room: room.code })}
        >
          {room.mic_asked ? control.asked : control.ask}
        </Button>
      )}
      <Button
        icon={locked ? "mic" : "mic-lock"}
        testId="pane-lock"
        blocked={blocked ?? (seen.conference.mic_lock ? control.allLocked : null)}
        onClick={() => act({ type: "mic.lock", on: !locked, room: room.code })}
      >
        {locked ? control.unlockRoom : control.lockRoom}
      </Button>
    </>
  );
}
