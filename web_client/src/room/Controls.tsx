import { cameraOn, local, problems, trackOf } from "../capture";
import { Icon, type IconName } from "../components/Icon";
import { HelpButton } from "../hall/HelpCall";
import { isSigningTime } from "../hall/signing";
import { pushOn } from "../hall/usePush";
import { hall } from "../i18n/hall";
import { share } from "../i18n/share";
import { talk } from "../i18n/talk";
import { words } from "../i18n/room";
import type { RoomView, View } from "../protocol";
import { canShareScreen, shared } from "../share/share";
import { isHeld } from "../talk/lines";
import { toggleCamera, toggleHand, toggleMic } from "./acts";
import { HeadCount } from "./HeadCount";
import { ListButton } from "./ListButton";
import { OwnMeter } from "./Stage";
import { micButton, type Stage } from "./state";

interface ControlsProps {
  seen: View;
  room: RoomView;
  stage: Stage;
  /** The attendance list is open. */
  listing: boolean;
  onList: () => void;
  onHelp: () => void;
  onShare: () => void;
  onAdd: () => void;
}

/** At the bottom, large: microphone, camera, hand, head count, attendance, help, further devices. */
export function Controls({ seen, room, stage, listing, onList, onHelp, onShare, onAdd }: ControlsProps) {
  const main = seen.you.device?.kind === "main";
  return (
    <div class={main ? "ctl" : "ctl lean"}>
      <MicControl room={room} stage={stage} own={main} />
      {main && <CameraControl />}
      {stage !== "onair" && <HandControl seen={seen} room={room} stage={stage} />}
      <HeadCount room={room} />
      <ListButton room={room} open={listing} onPress={onList} />
      <HelpButton room={room} onPress={onHelp} />
      {main && <ShareControl stage={stage} onPress={onShare} />}
      <button
        class={stage === "onair" || !main ? "btn add" : "btn add dk"}
        type="button"
        data-testid="add-device"
        title={words.addDevice}
        onClick={onAdd}
      >
        <Icon name="qr" />
        <Two title={words.add} sub={words.device} />
      </button>
    </div>
  );
}

function Two({ title, sub }: { title: string; sub: string }) {
  return (
    <span class="two">
      {title}
      <small>{sub}</small>
    </span>
  );
}

function ShareControl({ stage, onPress }: { stage: Stage; onPress: () => void }) {
  const off = stage === "waiting" || stage === "reconnecting";
  const on = shared.value !== null;
  return (
    <button
      class={canShareScreen() ? "btn add share" : "btn add share dk"}
      type="button"
      data-testid="share"
      title={share.title}
      aria-disabled={off ? true : undefined}
      aria-keyshortcuts="s"
      onClick={off ? undefined : onPress}
    >
      <Icon name="share-screen" />
      <Two title={on ? share.buttonOn : share.button} sub={share.buttonSub} />
    </button>
  );
}

interface MicLook {
  icon: IconName;
  title: string;
  sub: string;
  off?: boolean;
  /** Green frame and a meter: heard. */
  live?: boolean;
  /** Asked for: the one thing to press. */
  wanted?: boolean;
}

function micLook(room: RoomView, stage: Stage, own: boolean): MicLook {
  const idle = { icon: "mic-off" as const, title: words.microphone, off: true };
  if (stage === "reconnecting") return { ...idle, sub: words.waitingLink };
  if (stage === "waiting") return { ...idle, sub: words.waitingAdmit };
  if (own && problems.value.microphone) return { ...idle, sub: words.noMicShort };
  switch (micButton(room)) {
    case "locked":
      return { ...idle, icon: "mic-lock", sub: words.lockedShort };
    case "asked":
      return { icon: "mic", title: words.turnMicOn, sub: words.askedShort, wanted: true };
    case "on":
      if (isHeld(room)) return { icon: "mic", title: words.micButtonOn, sub: talk.heldShort };
      return { icon: "mic", title: words.micButtonOn, sub: words.pressToMute, live: true };
    case "off":
      return { icon: "mic-off", title: words.micButtonOff, sub: pushOn.value && own ? hall.pushShort : words.pressToTalk };
  }
}

function MicControl({ room, stage, own }: { room: RoomView; stage: Stage; own: boolean }) {
  const look = micLook(room, stage, own);
  const kind = look.live ? "btn mic-b micon" : look.wanted ? "btn mic-b primary" : "btn mic-b";
  return (
    <button
      class={kind}
      type="button"
      data-testid="mic"
      data-mic={micButton(room)}
      aria-disabled={look.off ? true : undefined}
      aria-keyshortcuts="m"
      onClick={look.off ? undefined : toggleMic}
    >
      <Icon name={look.icon} />
      <Two title={look.title} sub={look.sub} />
      {look.live && own && stage === "onair" && <OwnMeter />}
    </button>
  );
}

function CameraControl() {
  const there = local.value !== null && trackOf("camera") !== null;
  const on = there && cameraOn.value;
  return (
    <button
      class="btn"
      type="button"
      data-testid="camera"
      aria-disabled={there ? undefined : true}
      aria-keyshortcuts="v"
      onClick={there ? toggleCamera : undefined}
    >
      <Icon name={on ? "cam" : "cam-off"} />
      <Two title={words.camera} sub={on ? words.on : there ? words.off : words.none} />
    </button>
  );
}

interface HandProps {
  seen: View;
  room: RoomView;
  stage: Stage;
}

function HandControl({ seen, room, stage }: HandProps) {
  const off = stage === "reconnecting" || stage === "waiting";
  const raised = room.hand !== null;
  // One primary on a page: not beside the status line of "next", an asked microphone, or the pact.
  const other = micButton(room) === "asked" || isSigningTime(seen, room);
  const primary = stage === "live" && !raised && !other;
  return (
    <button
      class={primary ? "btn primary hand wide" : "btn hand wide"}
      type="button"
      data-testid="hand"
      aria-pressed={raised}
      aria-disabled={off ? true : undefined}
      aria-keyshortcuts="h"
      onClick={off ? undefined : toggleHand}
    >
      <Icon name="hand" />
      {raised ? words.lower : words.raise}
    </button>
  );
}
