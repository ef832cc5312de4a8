import { Icon } from "../components/Icon";
import { StateChip } from "../components/StateChip";
import { sightOf } from "../control/desk";
import { airCode, isOpen, roomState, wall } from "../control/state";
import { duration } from "../format";
import { control } from "../i18n/control";
import type { RoomView, View } from "../protocol";
import { clock } from "../store";

/** The order of the floor: place, name, state, time on air. The hub stands below, by the acts. */
export function Turns({ seen }: { seen: View }) {
  return (
    <ol class="rd">
      {wall(seen.rooms).map((room, i) => (
        <Turn key={room.code} seen={seen} room={room} place={String(i + 1)} />
      ))}
    </ol>
  );
}

function Turn({ seen, room, place }: { seen: View; room: RoomView; place: string }) {
  const { conference } = seen;
  const open = isOpen(conference.phase);
  const onAir = open && airCode(conference) === room.code;
  const isNext = open && conference.next === room.code;
  const state = roomState(room, conference, sightOf(room));
  const since = conference.floor_since;
  return (
    <li class={onAir ? "now" : isNext ? "nx" : undefined} aria-current={onAir ? "step" : undefined}>
      <span>{place}</span>
      <span class="t" title={room.name}>
        {room.title}
      </span>
      {onAir ? (
        <span class="strong">
          <Icon name="play" label={control.onAirNow} /> {since !== null && duration(clock.value - since)}
        </span>
      ) : (
        <span>
          <StateChip state={state} lostSince={room.lost_since} now={clock.value} />
        </span>
      )}
    </li>
  );
}
