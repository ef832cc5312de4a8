import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { Button } from "../components/Button";
import { Chip } from "../components/Chip";
import { Count } from "../components/Count";
import { Icon } from "../components/Icon";
import { theme, useKeys, usePage } from "../components/page";
import { PageTop, ThemeSwitch } from "../components/PageTop";
import { RoomPicture } from "../components/RoomPicture";
import { useScrollStop } from "../components/scrollStop";
import { Hand, RoomName } from "../components/Tile";
import { sightOf, useDesk } from "../control/desk";
import { isOpen, tallyOf, wall } from "../control/state";
import { toggleFull } from "../display/fullscreen";
import { time } from "../format";
import { ItemPlate } from "../hall/ItemTime";
import { PactPoint } from "../hall/PactPoint";
import { common } from "../i18n/common";
import { control } from "../i18n/control";
import { display } from "../i18n/display";
import { hall } from "../i18n/hall";
import { server } from "../i18n/server";
import { audioBlocked } from "../media";
import type { RoomView, View } from "../protocol";
import { BroadcastSign } from "../aired/BroadcastSign";
import { RecordingSign } from "../recorded/RecordingSign";
import { stayAwake } from "../room/wake";
import { insetRoom, isOnStage, largeRoom, secondRoom } from "../room/state";
import { waitsOutside } from "../server";
import { Presented } from "../share/Presented";
import { shownPresentation } from "../share/state";
import { away, view } from "../store";
import "../styles/observer.css";
import "../styles/pact.css";
import "../styles/server.css";
import { SoundButton } from "./ControlStage";
import { Waiting } from "./Waiting";

/** For those who watch: who is on air large, the hub beside it, the rest small. No controls. */
export function Observer() {
  usePage("observer", theme.value);
  useDesk();
  useEffect(stayAwake, []);
  useKeys((event) => {
    const plain = !event.ctrlKey && !event.altKey && !event.metaKey && !event.repeat;
    if (plain && event.key.toLowerCase() === "f") toggleFull();
  });
  if (!view.value) return <Waiting />;
  const seen = view.value;
  return (
    <div class={away.value ? "observer away" : "observer"} data-phase={seen.conference.phase}>
      <PageTop seen={seen}>
        <RecordingSign seen={seen} />
        <BroadcastSign seen={seen} />
        <Board seen={seen} />
        <FullScreen />
        <ThemeSwitch />
      </PageTop>
      <main class="watch">
        {waitsOutside(seen) && (
          <p class="outside" role="status" data-testid="server-full">
            <b>{server.full}</b> {server.fullWhy}
          </p>
        )}
        <Large seen={seen} />
        <Thumbs seen={seen} />
      </main>
    </div>
  );
}

function FullScreen() {
  if (!document.fullscreenEnabled) return null; // a phone
  return (
    <Button class="sm" look="quiet" kbd="F" title={display.hint} testId="full-screen" onClick={toggleFull}>
      {display.fullScreen}
    </Button>
  );
}

/** How many halls have signed, once somebody is to. */
function Board({ seen }: { seen: View }) {
  const { open, signed, rooms } = seen.conference.signing;
  if (rooms === 0 || !(open || signed > 0)) return null;
  return (
    <span class="pair" data-testid="board" title={hall.boardWhole(signed, rooms)}>
      <Icon name="pen" label={hall.pact} /> {hall.board(signed, rooms)}
    </span>
  );
}

function Large({ seen }: { seen: View }) {
  const room = largeRoom(seen);
  const second = secondRoom(seen);
  if (!isOpen(seen.conference.phase) || !room) return <Closed seen={seen} />;
  const shown = shownPresentation(seen);
  if (shown) {
    return (
      <div class="large" data-air={room.code} data-testid="programme">
        <Presented seen={seen} shown={shown} streamOf={sightOf}>
          <ItemPlate seen={seen} />
          {audioBlocked.value && <SoundButton />}
        </Presented>
        <PactPoint seen={seen} />
      </div>
    );
  }
  return (
    <div class={second ? "large two-up" : "large"} data-air={room.code} data-testid="programme">
      <Shown seen={seen} room={room}>
        <Around seen={seen} />
      </Shown>
      {second && <Shown seen={seen} room={second} />}
      <PactPoint seen={seen} />
    </div>
  );
}

interface ShownProps {
  seen: View;
  room: RoomView;
  children?: ComponentChildren;
}

/** A large picture with its name; the hub is on air while no hall has the floor. */
function Shown({ seen, room, children }: ShownProps) {
  const { floor, black } = seen.conference;
  const air = isOnStage(seen, room.code) || (room.hub && (floor === null || black));
  return (
    <RoomPicture room={room} stream={sightOf(room)} class="fill" whole>
      <span class="plate nameplate">
        {air && (
          <Chip icon="air" tone="air">
            {common.air}
          </Chip>
        )}
        {room.title}
      </span>
      {children}
    </RoomPicture>
  );
}

/** What stands over the first picture alone. */
function Around({ seen }: { seen: View }) {
  const inset = insetRoom(seen);
  return (
    <>
      {inset && (
        <span class="inset">
          <RoomPicture room={inset} stream={sightOf(inset)}>
            <span class="plate bl">{inset.title}</span>
          </RoomPicture>
        </span>
      )}
      {seen.conference.black && <span class="plate quiet-note">{hall.blackNote}</span>}
      <ItemPlate seen={seen} />
      {audioBlocked.value && <SoundButton />}
    </>
  );
}

function Closed({ seen }: { seen: View }) {
  const { conference } = seen;
  const over = conference.phase === "closed";
  const starts = conference.starts_at;
  return (
    <div class="large" data-testid="programme">
      <div class="pic fill void-page">
        <Icon name={over ? "check-c" : "wait"} />
        <p class="strong">{over ? control.observerClosed : control.observerWaits}</p>
        {!over && starts !== null && <p>{time(starts, conference, false)}</p>}
      </div>
    </div>
  );
}

function Thumbs({ seen }: { seen: View }) {
  const list = useScrollStop<HTMLUListElement>();
  return (
    <ul ref={list} class={seen.conference.black ? "th blacked" : "th"} aria-label={control.wall}>
      {wall(seen.rooms).map((room) => (
        <Thumb key={room.code} room={room} seen={seen} />
      ))}
    </ul>
  );
}

function Thumb({ room, seen }: { room: RoomView; seen: View }) {
  const tally = tallyOf(room, seen.conference);
  return (
    <li class={tally ? `is-${tally}` : undefined} data-room={room.code}>
      <RoomPicture room={room} stream={sightOf(room)}>
        <Count room={room} plate />
        {room.hand !== null && <Hand place={room.hand} />}
      </RoomPicture>
      <span class="nmx">
        {tally === "air" && <Icon name="air" label={common.air} />}
        {tally === "next" && <Icon name="standby" label={common.next} />}
        <RoomName room={room} />
      </span>
    </li>
  );
}
