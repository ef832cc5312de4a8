import { useState } from "preact/hooks";
import { Icon } from "../components/Icon";
import { StateChip } from "../components/StateChip";
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
  opened: string | null;
  onOpen: (code: string) => void;
  onClose: () => void;
}

type Tab = "turns" | "events";
const TABS: Tab[] = ["turns", "events"];

/** The lists, or the opened room in their place; below them always the acts of the desk. */
export function ControlSide({ seen, act, opened, onOpen, onClose }: SideProps) {
  const [tab, setTab] = useState<Tab>("turns");
  const room = seen.rooms.find((one) => one.code === opened);
  return (
    <aside class={room ? "side opened" : "side"} inert={away.value} aria-label={control.panel}>
      {room ? (
        <RoomPane key={room.code} room={room} seen={seen} act={act} onClose={onClose} />
      ) : (
        <div class="lists">
          <Tabs seen={seen} tab={tab} onTab={setTab} />
          <div class="panel" role="tabpanel" id={`panel-${tab}`} aria-labelledby={`tab-${tab}`}>
            {tab === "turns" ? <Turns seen={seen} /> : <Events seen={seen} act={act} onOpen={onOpen} />}
          </div>
        </div>
      )}
      <ControlActs seen={seen} act={act} />
    </aside>
  );
}

interface TabsProps {
  seen: View;
  tab: Tab;
  onTab: (tab: Tab) => void;
}

function Tabs({ seen, tab, onTab }: TabsProps) {
  const urgent = tasksOf(seen).filter(isUrgent).length;
  const turn = (event: KeyboardEvent) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other = TABS.find((one) => one !== tab) ?? tab;
    onTab(other);
    document.getElementById(`tab-${other}`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" onKeyDown={turn}>
      {TABS.map((one) => (
        <button
          key={one}
          type="button"
          role="tab"
          id={`tab-${one}`}
          aria-selected={one === tab}
          aria-controls={`panel-${one}`}
          tabIndex={one === tab ? 0 : -1}
          onClick={() => onTab(one)}
        >
          {control[one]}
          {one === "events" && urgent > 0 && (
            <em data-testid="urgent">
              <span aria-hidden="true">{urgent}</span>
              <span class="vh">{control.eventsCount(urgent)}</span>
            </em>
          )}
        </button>
      ))}
    </div>
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
