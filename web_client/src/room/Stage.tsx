import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { cameraOn, local, problems, trackOf } from "../capture";
import { Chip } from "../components/Chip";
import { Icon } from "../components/Icon";
import { Meter } from "../components/Meter";
import { Mic } from "../components/Mic";
import { Picture } from "../components/Picture";
import { RoomPicture } from "../components/RoomPicture";
import { useScrollStop } from "../components/scrollStop";
import { time } from "../format";
import { ItemPlate } from "../hall/ItemTime";
import { PactPoint } from "../hall/PactPoint";
import { plan } from "../i18n/fallback";
import { hall } from "../i18n/hall";
import { words } from "../i18n/room";
import { localLevel, streams } from "../media";
import type { RoomView, View } from "../protocol";
import { Presented } from "../share/Presented";
import { shownPresentation } from "../share/state";
import { serverNow } from "../store";
import { LineNote } from "./LineNote";
import {
  insetRoom,
  isOnStage,
  largeRoom,
  otherRooms,
  secondRoom,
  type Stage as StageName,
} from "./state";

interface StageProps {
  seen: View;
  room: RoomView;
  stage: StageName;
}

interface StageWithSide extends StageProps {
  /** In the place of the hall itself and the other halls. */
  side?: ComponentChildren;
  /** Below the hall's own picture. */
  below?: ComponentChildren;
}

/** Who speaks, large; the hall itself and the other halls beside, each in its place. */
export function Stage({ seen, room, stage, side, below }: StageWithSide) {
  const away = stage === "reconnecting";
  const region = useScrollStop<HTMLElement>();
  return (
    <section ref={region} class={side ? "st sided" : "st"} aria-label={words.stage} data-theme="dark">
      <Large seen={seen} away={away} />
      {side ?? (
        <div class={below ? "rt below" : "rt"}>
          <Own seen={seen} room={room} stage={stage} />
          {below}
          {hasThumbnails(seen) && <Thumbnails seen={seen} away={away} />}
        </div>
      )}
    </section>
  );
}

function Thumbnails({ seen, away }: { seen: View; away: boolean }) {
  const list = useScrollStop<HTMLUListElement>();
  return (
    <ul ref={list} class={seen.conference.black ? "th blacked" : "th"} aria-label={words.others}>
      {otherRooms(seen).map((other) => (
        <Thumbnail key={other.code} room={other} seen={seen} away={away} />
      ))}
    </ul>
  );
}

/** A phone receives the hub and who speaks, to spare its line; a document camera nobody. */
function hasThumbnails({ you }: View): boolean {
  return you.device === null || you.device.kind === "main";
}

/** One picture, or two that share its place: nothing else moves when a second one comes. */
function Large({ seen, away }: { seen: View; away: boolean }) {
  const room = largeRoom(seen);
  const second = secondRoom(seen);
  if (!room) return null;
  if (seen.you.device?.kind === "document") return <Deaf />;
  const shown = shownPresentation(seen);
  if (shown) {
    return (
      <div class="main" data-testid="large" data-air={room.code}>
        <Presented seen={seen} shown={shown} streamOf={({ code }) => streams.value[code] ?? null}>
          <LineNote />
          <ItemPlate seen={seen} />
        </Presented>
        <PactPoint seen={seen} />
      </div>
    );
  }
  const still = away && !streams.value[room.code]?.moving;
  return (
    <div class={second ? "main two-up" : "main"} data-testid="large" data-air={room.code}>
      <Shown seen={seen} room={room} away={away}>
        {still ? <LastPicture seen={seen} /> : <Around seen={seen} />}
      </Shown>
      {second && <Shown seen={seen} room={second} away={away} />}
      <PactPoint seen={seen} />
    </div>
  );
}

interface ShownProps {
  seen: View;
  room: RoomView;
  away: boolean;
  children?: ComponentChildren;
}

/** A large picture with its name. */
function Shown({ seen, room, away, children }: ShownProps) {
  const stream = streams.value[room.code] ?? null;
  const named = !away || stream?.moving;
  return (
    <RoomPicture room={dimmed(room, away)} stream={stream} whole>
      {children}
      {named && <Nameplate room={room} onAir={isAir(seen, room)} />}
    </RoomPicture>
  );
}

/** On air, by the floor or beside it; the hub only while it is beside. */
function isAir(seen: View, room: RoomView): boolean {
  return !seen.conference.black && isOnStage(seen, room.code);
}

/** What stands over the first picture alone. */
function Around({ seen }: { seen: View }) {
  const inset = insetRoom(seen);
  return (
    <>
      <LineNote />
      {seen.conference.black && <span class="plate quiet-note">{hall.blackNote}</span>}
      <ItemPlate seen={seen} />
      {inset && <Inset room={inset} />}
    </>
  );
}

/** A document camera looks, and is not shown anything. */
function Deaf() {
  return (
    <span class="main">
      <Without>{words.notReceiving}</Without>
    </span>
  );
}

/** While the link is away a picture that stands still is shown as the last one. */
function dimmed(room: RoomView, away: boolean): RoomView {
  const still = away && !streams.value[room.code]?.moving;
  return still && room.presence === "joined" ? { ...room, presence: "lost" } : room;
}

function Nameplate({ room, onAir }: { room: RoomView; onAir: boolean }) {
  return (
    <span class="plate shown">
      {onAir && (
        <Chip icon="air" tone="air">
          {words.onAirChip}
        </Chip>
      )}
      <span>{room.hub ? room.name : room.title}</span>
    </span>
  );
}

function Inset({ room }: { room: RoomView }) {
  return (
    <span class="inset" data-testid="inset" data-shows={room.code}>
      <RoomPicture room={room} stream={streams.value[room.code] ?? null}>
        <span class="plate">{words.hub}</span>
      </RoomPicture>
    </span>
  );
}

/** When the pictures stopped: the moment this was first drawn. */
function LastPicture({ seen }: { seen: View }) {
  const [since] = useState(serverNow);
  return (
    <span class="wait">
      <Icon name="load" spin />
      <b>{words.lastPicture(time(since, seen.conference))}</b>
    </span>
  );
}

function Thumbnail({ room, seen, away }: { room: RoomView; seen: View; away: boolean }) {
  const onAir = isOnStage(seen, room.code);
  return (
    <li
      class={onAir ? "is-air" : undefined}
      data-room={room.code}
      data-state={onAir ? "air" : room.presence}
    >
      <RoomPicture room={dimmed(room, away)} stream={streams.value[room.code] ?? null} />
      <span class="tag" title={room.name}>
        {onAir && <Icon name="air" />}
        <span class={room.title.length > 14 ? "nm long" : "nm"}>{shortest(room)}</span>
      </span>
    </li>
  );
}

/** Never an ellipsis: a long name gives way to the short one. */
function shortest(room: RoomView): string {
  return room.title.length > 14 ? room.short_name : room.title;
}

function Own({ seen, room, stage }: StageProps) {
  return (
    <div class="mine" data-testid="own">
      <OwnPicture seen={seen} room={room} />
      <span class="cap">
        <span>{words.you}</span>
        {stage === "next" && (
          <Chip icon="standby" tone="next">
            {words.nextChip}
          </Chip>
        )}
        {stage === "onair" && (
          <Chip icon="air" tone="air">
            {words.onAirChip}
          </Chip>
        )}
        <span class="push">
          {room.mic === "on" && stage !== "reconnecting" ? <OwnMeter /> : <Mic state={room.mic} />}
        </span>
      </span>
    </div>
  );
}

/** Its own part, so that ten draws a second stay small. */
export function OwnMeter() {
  const [level, setLevel] = useState(localLevel.peek());
  useEffect(() => localLevel.subscribe(setLevel), []);
  return <Meter level={level} />;
}

function OwnPicture({ seen, room }: { seen: View; room: RoomView }) {
  const camera = local.value && trackOf("camera");
  const kind = seen.you.device?.kind;
  const documents = kind === "document";
  if (kind && kind !== "main" && !documents) {
    return <Without>{words.notSending}</Without>;
  }
  if (!camera) return <Without>{problems.value.camera ? words.noCamera : words.opening}</Without>;
  if (!cameraOn.value) return <Without>{words.cameraIsOff}</Without>;
  if (room.fallback?.level === "audio") return <Without>{plan.ownPaused}</Without>;
  return <Picture stream={local.value} state="live" mirrored={!documents} />;
}

function Without({ children }: { children: ComponentChildren }) {
  return (
    <Picture stream={null} state="void">
      <span class="void">
        <Icon name="cam-off" />
        <span>{children}</span>
      </span>
    </Picture>
  );
}
