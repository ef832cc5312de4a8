import { useEffect, useState } from "preact/hooks";
import { AttendanceList } from "../attendance/AttendanceList";
import { Door } from "../attendance/Door";
import { Alert } from "../components/Alert";
import { Button } from "../components/Button";
import { Chip } from "../components/Chip";
import { Dialog } from "../components/Dialog";
import { Icon } from "../components/Icon";
import { Meter } from "../components/Meter";
import { LanguageSwitch, ThemeSwitch } from "../components/PageTop";
import { Picture } from "../components/Picture";
import { PrivacyLink } from "../components/PrivacyLink";
import { capturing, inputName, local, problems, trackOf } from "../capture";
import { date, minutesUntil, time } from "../format";
import { lang } from "../i18n";
import { attendance } from "../i18n/attendance";
import { cameraSaid, microphoneSaid } from "../i18n/capture";
import { common } from "../i18n/common";
import { words } from "../i18n/room";
import { listening } from "../media/level";
import { localLevel } from "../media";
import { joining, joinRoom } from "../presence";
import type { JoinKind, RoomView, View } from "../protocol";
import { BroadcastRow } from "../aired/BroadcastSign";
import { RecordingRow } from "../recorded/RecordingSign";
import { chime } from "../room/chime";
import { CameraNotice } from "../room/CameraNotice";
import { HallAlarm } from "../room/HallAlarm";
import { HeadCount } from "../room/HeadCount";
import { InputChoice } from "../room/InputChoice";
import { Consent, KindChoice } from "../room/JoinChoices";
import { qrPicture, useQr } from "../room/qr";
import { ListButton } from "../room/ListButton";
import { SelfCheck } from "../room/SelfCheck";
import { mainCamera } from "../room/state";
import { clock, isRefusal } from "../store";

interface PartProps {
  seen: View;
  room: RoomView;
}

/** Before joining: see and hear oneself, count the people, one large button. */
export function RoomBefore({ seen, room }: PartProps) {
  return (
    <>
      <Bar seen={seen} />
      <RecordingRow seen={seen} />
      <BroadcastRow seen={seen} />
      <HallAlarm room={room} />
      <main class="before">
        <div class="left">
          <OwnPicture />
          <ul class="rows">
            <MicrophoneRow />
            <SpeakerRow />
            <SelfCheck seen={seen} room={room} />
            <InputChoice />
          </ul>
        </div>
        <div class="right">
          <div class="hd">
            <h1>{room.name}</h1>
            <p class="when">{whenSentence(seen)}</p>
          </div>
          <HeadCount room={room} />
          <Listing seen={seen} room={room} />
          <JoinBox seen={seen} room={room} />
          <SecondDevice devices={room.devices.length} />
          <CameraNotice room={room} />
          <PrivacyLink />
        </div>
      </main>
    </>
  );
}

function Bar({ seen }: { seen: View }) {
  return (
    <header class="bar">
      <b>vicon</b>
      <span class="ttl">{seen.conference.title}</span>
      <span class="muted push dk">{time(clock.value, seen.conference)}</span>
      <span class="switches">
        <ThemeSwitch />
        <LanguageSwitch />
      </span>
    </header>
  );
}

/** Further away than this a start is told with its date. */
const SAME_DAY_MIN = 12 * 60;

function whenSentence({ conference }: View): string {
  if (conference.phase === "live") return words.running;
  const { starts_at: starts } = conference;
  const minutes = starts === null ? 0 : minutesUntil(starts, clock.value);
  if (starts === null || minutes === 0) {
    return conference.phase === "lobby" ? words.open : words.notOpen;
  }
  const at = time(starts, conference, false);
  if (minutes <= SAME_DAY_MIN) return words.startsAt(at, minutes);
  return words.startsOn(date(starts, conference, lang.value), at);
}

function OwnPicture() {
  const camera = local.value && trackOf("camera");
  const problem = problems.value.camera;
  if (!camera) {
    return (
      <Picture stream={null} state="void">
        <span class="void" data-testid="no-camera">
          <Icon name={problem ? "cam-off" : "load"} spin={!problem && capturing.value} />
          <span class="why">{problem ? cameraSaid[problem]() : words.askingCapture}</span>
          {problem && problem !== "insecure" && <span class="why">{words.withoutCamera}</span>}
        </span>
      </Picture>
    );
  }
  const height = camera.getSettings().height;
  return (
    <Picture stream={local.value} state="live" mirrored>
      <span class="plate own-name">
        <Icon name="cam" />
        {[inputName("camera"), height && `${height}p`].filter(Boolean).join(", ")}
      </span>
    </Picture>
  );
}

const AUDIBLE = 0.25;

function MicrophoneRow() {
  const problem = problems.value.microphone;
  const [heard, setHeard] = useState(false);
  useEffect(() => localLevel.subscribe((level) => level > AUDIBLE && setHeard(true)), []);
  return (
    <li>
      <span class="what">
        <Icon name={problem ? "mic-off" : "mic"} />
        {words.microphone}
      </span>
      {problem ? (
        <span class="amber" data-testid="no-microphone">
          {microphoneSaid[problem]()}
        </span>
      ) : (
        <>
          <Meter level={localLevel.value} cells={20} />
          <MicrophoneVerdict heard={heard} />
        </>
      )}
    </li>
  );
}

function MicrophoneVerdict({ heard }: { heard: boolean }) {
  if (heard) {
    return (
      <span class="push" data-testid="mic-heard">
        <Chip icon="check" tone="ok">
          {words.heard}
        </Chip>
      </span>
    );
  }
  return <span class="muted push">{listening.value ? words.notHeardYet : words.pressOnce}</span>;
}

type Speaker = "untried" | "asked" | "good" | "bad";

function SpeakerRow() {
  const [speaker, setSpeaker] = useState<Speaker>("untried");
  const test = (): void => {
    chime().then(
      () => setSpeaker("asked"),
      (error: unknown) => console.warn("x chime:", error),
    );
  };
  return (
    <li class="speaker">
      <span class="what">
        <Icon name="vol" />
        {words.speaker}
      </span>
      {speaker === "untried" && <span class="muted dk">{words.soundHint}</span>}
      {speaker === "bad" && <span class="amber">{words.soundBad}</span>}
      {speaker === "good" && (
        <Chip icon="check" tone="ok">
          {words.soundGood}
        </Chip>
      )}
      {speaker === "asked" ? (
        <span class="push ask">
          <span>{words.didYouHear}</span>
          <button class="btn" type="button" onClick={() => setSpeaker("good")}>
            {words.yes}
          </button>
          <button class="btn" type="button" onClick={() => setSpeaker("bad")}>
            {words.no}
          </button>
        </span>
      ) : (
        <button class="btn push" type="button" onClick={test}>
          <Icon name="play" />
          {words.testSound}
        </button>
      )}
    </li>
  );
}

/** What this device is, and the button. */
function JoinBox({ seen, room }: PartProps) {
  const main = mainCamera(room);
  const [kind, setKind] = useState<JoinKind | null>(null);
  const [shared, setShared] = useState(false);
  const [consent, setConsent] = useState(true);
  const chosen: JoinKind = kind ?? (main === "none" ? "main" : "companion");
  const open = seen.conference.phase === "lobby" || seen.conference.phase === "live";
  const join = (): void => {
    joinRoom({
      kind: chosen,
      take_over: chosen === "main" && main === "lost",
      shared: chosen === "companion" && shared,
      open_mic_on_air: consent,
    }).catch((error: unknown) => {
      if (!isRefusal(error)) throw error; // a refusal is said in the notice already
    });
  };
  return (
    <>
      {!open && (
        <Alert tone="info" title={words.notOpen}>
          <p>{words.notOpenWhy}</p>
        </Alert>
      )}
      <div class="choices">
        {main !== "none" && (
          <KindChoice
            main={main}
            chosen={chosen}
            onChoose={setKind}
            shared={shared}
            onShared={setShared}
          />
        )}
        {chosen === "main" && <Consent on={consent} onChange={setConsent} />}
      </div>
      <div class="joinbox">
        <button
          class="btn primary join"
          type="button"
          data-testid="join"
          aria-disabled={!open || joining.value ? true : undefined}
          onClick={open && !joining.value ? join : undefined}
        >
          {joining.value ? words.joining : words.join}
        </button>
      </div>
    </>
  );
}

/** Guests come before the hall has joined. */
function Listing({ seen, room }: PartProps) {
  const [open, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  return (
    <div class="listing">
      <ListButton room={room} open={open} onPress={() => setOpen(true)} />
      {open && (
        <Dialog
          title={attendance.title}
          class="wide"
          onClose={close}
          ends={
            <Button look="primary" onClick={close}>
              {common.close}
            </Button>
          }
        >
          <AttendanceList room={room} seen={seen} />
          <Door room={room} seen={seen} />
        </Dialog>
      )}
    </div>
  );
}

function SecondDevice({ devices }: { devices: number }) {
  useQr(devices);
  if (!qrPicture.value) return null;
  return (
    <div class="second dk">
      <img class="qr" src={qrPicture.value} alt={words.qrName} />
      <p>
        <b class="strong">{words.second}</b>
        <br />
        <span class="muted">{words.secondHow}</span>
      </p>
    </div>
  );
}
