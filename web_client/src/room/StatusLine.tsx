import { Button } from "../components/Button";
import { Icon, type IconName } from "../components/Icon";
import { duration, time } from "../format";
import { SpeakerTime } from "../hall/ItemTime";
import { itemTime, turnOf } from "../hall/timing";
import { hall } from "../i18n/hall";
import { talk } from "../i18n/talk";
import { words } from "../i18n/room";
import type { RoomView, View } from "../protocol";
import { isHeld } from "../talk/lines";
import { awaySeconds, clock, press } from "../store";
import { largeRoom, mainCamera, programmeCode, type Stage, type Topic, topicOf } from "./state";

interface StatusLineProps {
  seen: View;
  room: RoomView;
  stage: Stage;
}

/** One line says where things stand. */
export function StatusLine({ seen, room, stage }: StatusLineProps) {
  return (
    <div class="line">
      {stage === "reconnecting" ? (
        <Says
          icon="load"
          turning
          said={{ title: words.reconnecting(awaySeconds.value), sub: words.stay }}
        />
      ) : (
        <Topical seen={seen} room={room} stage={stage} />
      )}
      <Takeover seen={seen} room={room} stage={stage} />
      <Right seen={seen} room={room} stage={stage} />
    </div>
  );
}

interface Sentence {
  title: string;
  sub: string;
}

function Says({ icon, said, turning }: { icon: IconName; said: Sentence; turning?: boolean }) {
  return (
    <>
      <span class={turning ? "amber" : undefined}>
        <Icon name={icon} spin={turning} />
      </span>
      {/* What counts up is not read out every second: the sentence below it says enough. */}
      <span class="txt" role="status" data-testid="line">
        <strong aria-hidden={turning}>{said.title}</strong>
        <span class="sub">{said.sub}</span>
      </span>
    </>
  );
}

const icons: Record<Topic, IconName> = {
  waiting: "enter",
  untried: "enter",
  onair: "air",
  black: "cam-off",
  pinned: "people",
  next: "standby",
  asked: "mic",
  hand: "hand",
  opening: "clock",
  locked: "mic-lock",
  micOn: "mic",
  micOff: "mic-off",
};

function Topical({ seen, room, stage }: StatusLineProps) {
  const topic = topicOf(stage, seen, room);
  return <Says icon={icons[topic]} said={sentence(topic, seen, room)} />;
}

function sentence(topic: Topic, seen: View, room: RoomView): Sentence {
  const heard = room.mic === "on";
  if (heard && isHeld(room) && HELD.has(topic)) return { ...saidOf(topic, seen, room, heard), sub: talk.held };
  return saidOf(topic, seen, room, heard);
}

/** Topics whose second line says who hears the microphone. */
const HELD: ReadonlySet<Topic> = new Set<Topic>(["pinned", "next", "micOn"]);

function saidOf(topic: Topic, seen: View, room: RoomView, heard: boolean): Sentence {
  switch (topic) {
    case "waiting":
      return { title: words.waitAdmit, sub: words.stay };
    case "untried":
      return { title: words.untried, sub: words.untriedSub };
    case "onair":
      return { title: words.onAir, sub: heard ? onAirHeard(seen, room) : words.onAirMuted };
    case "black":
      return { title: hall.black, sub: hall.blackSub };
    case "pinned":
      return { title: hall.pinned, sub: heard ? words.micOnSub : hall.pinnedSub };
    case "next":
      return { title: words.next, sub: heard ? words.micOnSub : words.nextOpens };
    case "asked":
      return { title: words.asked, sub: words.askedSub };
    case "hand":
      return { title: words.handUp(room.hand ?? 1), sub: words.handSub };
    case "opening":
      return { title: opening(seen), sub: words.lobbySub };
    case "locked":
      return { title: words.locked, sub: turnSaid(seen) };
    case "micOn":
      return { title: words.micOn, sub: words.micOnSub };
    case "micOff":
      return { title: words.micOff, sub: turnSaid(seen) };
  }
}

/** While another room is pinned, that one is seen. */
function onAirHeard(seen: View, room: RoomView): string {
  const { pinned } = seen.conference;
  const shown = pinned !== null && programmeCode(seen) !== room.code ? largeRoom(seen) : null;
  return shown ? hall.onAirUnseen(shown.title) : words.onAirHeard;
}

function turnSaid(seen: View): string {
  const turn = turnOf(seen, clock.value);
  if (!turn) return "";
  if (turn.at === null) return words.turn(turn.number);
  return hall.turnAt(turn.number, time(turn.at, seen.conference, false));
}

function opening({ conference }: View): string {
  const { starts_at: starts } = conference;
  const past = starts === null || starts < clock.value;
  return past ? words.waitOpeningSoon : words.waitOpening(time(starts, conference, false));
}

/** Offered on the hall's other devices when the main camera is gone. */
function Takeover({ seen, room, stage }: StatusLineProps) {
  const mine = seen.you.device?.kind;
  if (stage === "reconnecting" || stage === "waiting") return null;
  if (mine === "main" || mainCamera(room) === "connected") return null;
  return (
    <Button
      icon="cam"
      class="takeover"
      testId="take-main"
      onClick={() => press({ type: "device.take_main" })}
    >
      {words.becomeMain}
    </Button>
  );
}

function Right({ seen, room, stage }: StatusLineProps) {
  const { conference } = seen;
  if (stage === "onair") {
    const own = itemTime(seen, clock.value);
    if (own?.item.room === room.code) return <SpeakerTime time={own} />;
    if (conference.floor === room.code && conference.floor_since !== null) {
      return <OnAirSince since={conference.floor_since} />;
    }
  }
  const until = stage === "next" ? (turnOf(seen, clock.value)?.at ?? null) : null;
  if (until !== null) {
    return (
      <span class="push" data-testid="time-until">
        <b>{duration(until - clock.value)}</b>
        <br />
        {hall.soon}
      </span>
    );
  }
  return (
    <span class="push dk">
      <b class="strong">{room.name}</b>
      <br />
      {time(clock.value, conference)}
    </span>
  );
}

/** Given the floor outside the hall's own item: nobody has planned how long. */
function OnAirSince({ since }: { since: number }) {
  return (
    <span class="push" data-testid="on-air-time">
      <span class="left">{duration(clock.value - since)}</span>
      <br />
      {words.onAirTime}
    </span>
  );
}
