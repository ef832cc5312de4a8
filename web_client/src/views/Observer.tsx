import { Chip } from "../components/Chip";
import { Count } from "../components/Count";
import { Icon } from "../components/Icon";
import { theme, usePage } from "../components/page";
import { PageTop, ThemeSwitch } from "../components/PageTop";
import { RoomPicture } from "../components/RoomPicture";
import { Hand, RoomName } from "../components/Tile";
import { hubRoom, sightOf, useDesk } from "../control/desk";
import { airCode, isOpen, tallyOf, wall } from "../control/state";
import { time } from "../format";
import { common } from "../i18n/common";
import { control } from "../i18n/control";
import { audioBlocked } from "../media";
import type { RoomView, View } from "../protocol";
import { away, view } from "../store";
import "../styles/observer.css";
import { SoundButton } from "./ControlStage";
import { Waiting } from "./Waiting";

/** For those who watch: the room on air large, the hub beside it, the rest small. No controls. */
export function Observer() {
  usePage("observer", theme.value);
  useDesk();
  if (!view.value) return <Waiting />;
  const seen = view.value;
  return (
    <div class={away.value ? "observer away" : "observer"} data-phase={seen.conference.phase}>
      <PageTop seen={seen}>
        <ThemeSwitch />
      </PageTop>
      <main class="watch">
        <Large seen={seen} />
        <ul class="th" aria-label={control.wall}>
          {wall(seen.rooms).map((room) => (
            <Thumb key={room.code} room={room} seen={seen} />
          ))}
        </ul>
      </main>
    </div>
  );
}

function Large({ seen }: { seen: View }) {
  const { conference, rooms } = seen;
  const room = rooms.find((one) => one.code === airCode(conference));
  const hub = hubRoom.value;
  if (!isOpen(conference.phase) || !room) return <Closed seen={seen} />;
  return (
    <div class="large" data-air={room.code} data-testid="programme">
      <RoomPicture room={room} stream={sightOf(room)} class="fill" whole>
        <span class="plate nameplate">
          <Chip icon="air" tone="air">
            {common.air}
          </Chip>
          {room.title}
        </span>
        {hub && hub !== room && (
          <span class="inset">
            <RoomPicture room={hub} stream={sightOf(hub)}>
              <span class="plate bl">{hub.title}</span>
            </RoomPicture>
          </span>
        )}
        {audioBlocked.value && <SoundButton />}
      </RoomPicture>
    </div>
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
