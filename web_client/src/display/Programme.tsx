import { Icon } from "../components/Icon";
import { RoomPicture } from "../components/RoomPicture";
import { isOpen } from "../control/state";
import { time } from "../format";
import { sizeOf } from "../hall/cues";
import { ItemPlate } from "../hall/ItemTime";
import { common } from "../i18n/common";
import { display as words } from "../i18n/display";
import { hall } from "../i18n/hall";
import { streams } from "../media";
import type { RoomView, View } from "../protocol";
import { isOnStage, largeRoom, secondRoom } from "../room/state";

/** Who speaks, as large as the screen; two side by side; the point of the pact that is read. */
export function Programme({ seen }: { seen: View }) {
  const [room, second] = [largeRoom(seen), secondRoom(seen)];
  if (!isOpen(seen.conference.phase) || !room) return <Closed seen={seen} />;
  return (
    <main class={second ? "stage two-up" : "stage"} data-theme="dark" data-air={room.code} data-testid="programme">
      <Shown seen={seen} room={room} first />
      {second && <Shown seen={seen} room={second} />}
      <Point seen={seen} />
    </main>
  );
}

function Shown({ seen, room, first }: { seen: View; room: RoomView; first?: boolean }) {
  const { floor, black } = seen.conference;
  const air = isOnStage(seen, room.code) || (room.hub && (floor === null || black));
  return (
    <RoomPicture room={room} stream={streams.value[room.code] ?? null} whole>
      <span class="plate lower" data-room={room.code}>
        {air && <Icon name="air" label={common.air} />}
        <b>{room.hub ? room.name : room.title}</b>
      </span>
      {first && <ItemPlate seen={seen} />}
      {first && black && <span class="plate quiet-note">{hall.blackNote}</span>}
    </RoomPicture>
  );
}

/** To be read from the last row, beside the pictures and never over them. */
function Point({ seen }: { seen: View }) {
  const { point } = seen.conference.signing;
  const text = seen.pact?.points[point - 1];
  if (!text || !seen.pact) return null;
  return (
    <section class="point" aria-live="polite" data-testid="point" data-point={point}>
      <b>{hall.point(point, seen.pact.points.length)}</b>
      <p class={sizeOf(text)}>{text}</p>
    </section>
  );
}

function Closed({ seen }: { seen: View }) {
  const { conference } = seen;
  const over = conference.phase === "closed";
  return (
    <main class="stage closed" data-testid="programme">
      <Icon name={over ? "check-c" : "wait"} />
      <h1>{over ? words.over : words.waits}</h1>
      {over && <p>{words.overThanks}</p>}
      {!over && conference.starts_at !== null && <p class="at">{time(conference.starts_at, conference, false)}</p>}
    </main>
  );
}
