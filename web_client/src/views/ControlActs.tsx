import type { ComponentChildren } from "preact";
import { problems } from "../capture";
import { Button } from "../components/Button";
import { Chip } from "../components/Chip";
import { Icon } from "../components/Icon";
import { Mic } from "../components/Mic";
import { Meter } from "../components/Meter";
import { RoomPicture } from "../components/RoomPicture";
import { hallOf, nameOf, numberOf } from "../ceremony/rundown";
import { type Primary, primaryAct, showAct, undoAct } from "../control/acts";
import type { Ask } from "../control/alarms";
import { canTakeMain, hubRoom, isHubCamera, loudnessOf, sightOf } from "../control/desk";
import type { DeskDialog, Tab } from "../control/handle";
import { airCode, isOpen, presentCount, wall } from "../control/state";
import type { Act } from "../control/useAct";
import { duration } from "../format";
import { cameraSaid, microphoneSaid } from "../i18n/capture";
import { ceremony } from "../i18n/ceremony";
import { control } from "../i18n/control";
import { cameraOn } from "../media";
import type { RoomView, View } from "../protocol";
import { ShareRow } from "../share/ShareRow";
import { clock } from "../store";
import { AnnounceButton, AnnounceState } from "../talk/AnnounceButton";
import { TechnicianButton } from "../talk/CallButton";
import { RundownStuck } from "./RundownStuck";

interface ActsProps {
  seen: View;
  act: Act;
}

interface DeskActsProps extends ActsProps {
  ask: Ask;
  onTab: (tab: Tab) => void;
  onAsk: (one: DeskDialog) => void;
}

/** The own picture, the one large button that says what will happen, and six small ones. */
export function ControlActs({ seen, act, ask, onTab, onAsk }: DeskActsProps) {
  const { conference } = seen;
  if (conference.phase === "closed") return null;
  const blocked = isOpen(conference.phase) ? null : control.notOpen;
  return (
    <div class="act">
      <AnnounceState />
      <ShareRow />
      {hubRoom.value && !blocked && <Own hub={hubRoom.value} seen={seen} act={act} />}
      <RundownStuck seen={seen} act={act} ask={ask} onTab={onTab} />
      <Go seen={seen} act={act} />
      <div class="r3">
        <UndoButton seen={seen} act={act} blocked={blocked} />
        <Button
          icon="mic-off"
          kbd="M"
          testId="mute-all"
          blocked={blocked}
          onClick={() => act({ type: "mic.mute_all" })}
        >
          {control.muteAll}
        </Button>
        <AnnounceButton blocked={blocked} />
        <Button
          icon={conference.mic_lock ? "mic" : "mic-lock"}
          kbd="K"
          testId="lock"
          blocked={blocked}
          pressed={conference.mic_lock}
          onClick={() => act({ type: "mic.lock", on: !conference.mic_lock })}
        >
          {conference.mic_lock ? control.unlockMics : control.lockMics}
        </Button>
        <Button
          icon="enter"
          kbd="P"
          testId="to-hub"
          blocked={blocked ?? (conference.floor === null ? control.hubAlready : null)}
          onClick={() => act({ type: "floor.take" })}
        >
          {control.toHub}
        </Button>
        <BlackButton seen={seen} act={act} blocked={blocked} onAsk={onAsk} />
      </div>
    </div>
  );
}

type SmallProps = ActsProps & { blocked: string | null };

function UndoButton({ seen, act, blocked }: SmallProps) {
  const undo = undoAct(seen, clock.value);
  return (
    <Button
      icon="undo"
      kbd="Z"
      testId="undo"
      blocked={blocked ?? (undo.seconds > 0 ? null : control.undoNone)}
      onClick={() => act(undo.body)}
    >
      {undo.seconds > 0 ? control.undoIn(undo.seconds) : control.undo}
    </Button>
  );
}

function BlackButton({ seen, act, blocked, onAsk }: SmallProps & Pick<DeskActsProps, "onAsk">) {
  const { black } = seen.conference;
  return (
    <Button
      icon="moon"
      kbd="B"
      testId="black"
      blocked={blocked}
      pressed={black}
      onClick={() => (black ? act({ type: "spotlight.black", on: false }) : onAsk("black"))}
    >
      {black ? ceremony.blackEnd : ceremony.black}
    </Button>
  );
}

/** Letters beyond which the large words are a size smaller. */
const LONG = 21;

function Go({ seen, act }: ActsProps) {
  const primary = primaryAct(seen);
  if (primary.kind === "closed") return null;
  const { title, why, kbd } = wordsOf(primary, seen);
  const body = primary.kind === "nobody" ? null : primary.body;
  return (
    <button
      type="button"
      class={title.length > LONG ? "btn primary go long" : "btn primary go"}
      aria-disabled={body ? undefined : true}
      data-testid="primary"
      data-act={primary.kind}
      onClick={() => act(body)}
    >
      <strong>{title}</strong>
      <span>{why}</span>
      {kbd && <kbd>{kbd}</kbd>}
    </button>
  );
}

interface Words {
  title: string;
  why: string;
  kbd?: string;
}

function wordsOf(primary: Exclude<Primary, { kind: "closed" }>, seen: View): Words {
  const all = wall(seen.rooms);
  switch (primary.kind) {
    case "open":
      return { title: control.open, why: control.openWhy };
    case "start":
      return { title: control.start, why: control.startWhy(presentCount(all), all.length) };
    case "nobody":
      return { title: control.nobody, why: control.nobodyWhy, kbd: control.space };
    case "item":
      return { ...itemWords(primary, seen), kbd: control.space };
    case "finish":
      return { title: control.next(ceremony.finish), why: ceremony.finishWhy, kbd: control.space };
    case "next":
      return { ...nextWords(primary.room, primary.body !== null, seen), kbd: control.space };
  }
}

function itemWords({ item, here }: Primary & { kind: "item" }, seen: View): Words {
  const title = control.next(nameOf(seen, item));
  const [n, length] = [numberOf(seen, item), duration(item.planned_s * 1000)];
  const hall = hallOf(seen, item);
  if (!hall) return { title, why: (item.hush ? ceremony.nextHush : ceremony.nextHub)(n, length) };
  if (here) return { title, why: ceremony.nextItem(n, length) };
  return { title, why: hall.presence === "lost" ? ceremony.nextGone(n) : ceremony.nextAway(n) };
}

function nextWords(room: RoomView, ready: boolean, seen: View): Words {
  const title = control.next(room.title);
  const all = wall(seen.rooms);
  if (ready) return { title, why: control.nextWhy(all.indexOf(room) + 1, all.length) };
  if (showAct(seen).kind === "none") return { title, why: control.nextAlone };
  return { title, why: room.presence === "lost" ? control.nextLost : control.nextAbsent };
}

/** The hub's own picture, microphone and camera: a calm row over the acts. */
function Own({ hub, seen, act }: ActsProps & { hub: RoomView }) {
  const own = isHubCamera.value;
  const onAir = airCode(seen.conference) === hub.code;
  const heard = hub.mic === "on";
  const trouble = own ? captureTrouble() : null;
  return (
    <div class="own" data-testid="own">
      <RoomPicture room={hub} stream={sightOf(hub)} class={own ? "mirrored" : undefined} />
      <span class="who">
        <b>{own ? control.deskOwn : control.desk}</b>
        {trouble ? (
          <small class="amber" data-testid="own-trouble">
            {trouble}
          </small>
        ) : onAir ? (
          <Chip icon="air" tone="air">
            {control.onAirShort}
          </Chip>
        ) : (
          <Meter level={loudnessOf(hub)} />
        )}
      </span>
      {canTakeMain.value && (
        <Button class="sm" testId="take-main" onClick={() => act({ type: "device.take_main" })}>
          {control.takeMain}
        </Button>
      )}
      <TechnicianButton seen={seen} small />
      <IconButton
        label={heard ? control.micMuteOwn : control.micOpenOwn}
        testId="own-mic"
        onClick={() => act({ type: heard ? "mic.mute" : "mic.unmute", room: hub.code })}
      >
        <Mic state={hub.mic} />
      </IconButton>
      {own && (
        <IconButton
          label={cameraOn.value ? control.cameraOffOwn : control.cameraOnOwn}
          testId="own-camera"
          onClick={() => (cameraOn.value = !cameraOn.value)}
        >
          <Icon name={cameraOn.value ? "cam" : "cam-off"} />
        </IconButton>
      )}
    </div>
  );
}

function captureTrouble(): string | null {
  const { camera, microphone } = problems.value;
  if (camera) return cameraSaid[camera]();
  return microphone ? microphoneSaid[microphone]() : null;
}

interface IconButtonProps {
  label: string;
  testId: string;
  onClick: () => void;
  children: ComponentChildren;
}

function IconButton({ label, testId, onClick, children }: IconButtonProps) {
  return (
    <button
      type="button"
      class="btn icon"
      aria-label={label}
      title={label}
      data-testid={testId}
      onClick={onClick}
    >
      {children}
    </button>
  );
}
