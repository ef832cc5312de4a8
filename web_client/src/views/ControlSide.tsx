import { Icon } from "../components/Icon";
import { StateChip } from "../components/StateChip";
import { Tabs } from "../components/Tabs";
import type { Ask } from "../control/alarms";
import { sightOf } from "../control/desk";
import { airCode, isOpen, roomState, wall } from "../control/state";
import { isUrgent, tasksOf } from "../control/tasks";
import type { Act } from "../control/useAct";
import { duration } from "../format";
import { control } from "../i18n/control";
import type { RoomView, View } from "../protocol";
import { away, clock } from "../store";
import { ControlActs } from "./ControlActs";
import { Events } from "./Events";
import { RoomPane } from "./RoomPane";

interface SideProps {
  seen: View;
  act: Act;
  ask: Ask;
  tab: Tab;
  onTab: (tab: Tab) => void;
  opened: string | null;
  onOpen: (code: string) => void;
  onClose: () => void;
}

export type Tab = "turns" | "events";
const TABS: Tab[] = ["turns", "events"];

/** The lists, or the opened room in their place; below them always the acts of the desk. */
export function ControlSide({ seen, act, ask, tab, onTab, opened, onOpen, onClose }: SideProps) {
  const room = seen.rooms.find((one) => one.code === opened);
  return (
    <aside class={room ? "side opened" : "side"} inert={away.value} aria-label={control.panel}>
      {room ? (
        <RoomPane key={room.code} room={room} seen={seen} act={act} ask={ask} onClose={onClose} />
      ) : (
        <div class="lists">
          <Tabs
            group=""
            tabs={TABS}
            now={tab}
            onTab={onTab}
            face={(one) => <TabFace tab={one} seen={seen} />}
          />
          <div class="panel" role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`}>
            {tab === "turns" ? (
              <Turns seen={seen} />
            ) : (
              <Events seen={seen} act={act} ask={ask} onOpen={onOpen} />
            )}
          </div>
        </div>
      )}
      <ControlActs seen={seen} act={act} />
    </aside>
  );
}

function TabFace({ tab, seen }: { tab: Tab; seen: View }) {
  const urgent = tab === "events" ? tasksOf(seen).filter(isUrgent).length : 0;
  return (
    <>
      {control[tab]}
      {tab === "events" && <kbd>E</kbd>}
      {urgent > 0 && (
        <em data-testid="urgent">
          <span aria-hidden="true">{urgent}</span>
          <span class="vh">{control.eventsCount(urgent)}</span>
        </em>
      )}
    </>
  );
}

/** The order of the floor: place, name, state, time on air. The hub stands below, by the acts. */
function Turns({ seen }: { seen: View }) {
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
