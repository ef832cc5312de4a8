import type { ComponentChildren } from "preact";
import { Tabs } from "../components/Tabs";
import { StandbyLine } from "../components/StandbyLine";
import type { Ask } from "../control/alarms";
import type { DeskDialog, Tab } from "../control/handle";
import { isUrgent, tasksOf } from "../control/tasks";
import type { Act } from "../control/useAct";
import { ceremony } from "../i18n/ceremony";
import { control } from "../i18n/control";
import type { View } from "../protocol";
import { away, clock } from "../store";
import { Lines } from "../talk/LineCard";
import { ControlActs } from "./ControlActs";
import { DeedList } from "./Deeds";
import { Events } from "./Events";
import { MessagesPanel } from "./MessagesPanel";
import { PactBoard } from "./PactBoard";
import { RollCallPanel } from "./RollCallPanel";
import { RoomPane } from "./RoomPane";
import { RundownPanel } from "./RundownPanel";

interface SideProps {
  seen: View;
  act: Act;
  ask: Ask;
  tab: Tab;
  onTab: (tab: Tab) => void;
  onAsk: (one: DeskDialog) => void;
  opened: string | null;
  onOpen: (code: string) => void;
  onClose: () => void;
}

const TABS: Tab[] = ["rundown", "roll", "messages", "pact", "events"];
const KEYS: Record<Tab, string> = { rundown: "D", roll: "H", messages: "O", pact: "I", events: "E" };

/** The lists, or the opened room in their place; below them always the acts of the desk. */
export function ControlSide(props: SideProps) {
  const { seen, act, ask, tab, onTab, onAsk, opened, onClose } = props;
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
            {panelOf(props)}
          </div>
        </div>
      )}
      <Lines zone={seen.conference} />
      <ControlActs seen={seen} act={act} ask={ask} onTab={onTab} onAsk={onAsk} />
    </aside>
  );
}

function panelOf({ tab, seen, act, ask, onAsk, onOpen }: SideProps): ComponentChildren {
  const onDocuments = (): void => onAsk("documents");
  switch (tab) {
    case "rundown":
      return <RundownPanel seen={seen} act={act} onDocuments={onDocuments} />;
    case "roll":
      return <RollCallPanel seen={seen} act={act} />;
    case "messages":
      return <MessagesPanel seen={seen} act={act} />;
    case "pact":
      return <PactBoard seen={seen} act={act} onDocuments={onDocuments} />;
    case "events":
      return (
        <>
          <StandbyLine seen={seen} />
          <Events seen={seen} act={act} ask={ask} onOpen={onOpen} onAsk={onAsk} />
          <DeedList seen={seen} />
        </>
      );
  }
}

function TabFace({ tab, seen }: { tab: Tab; seen: View }) {
  const urgent = tab === "events" ? tasksOf(seen, clock.value).filter(isUrgent).length : 0;
  return (
    <>
      {tab === "events" ? control.events : ceremony[tab]}
      <kbd>{KEYS[tab]}</kbd>
      {urgent > 0 && (
        <em data-testid="urgent">
          <span aria-hidden="true">{urgent}</span>
          <span class="vh">{control.eventsCount(urgent)}</span>
        </em>
      )}
    </>
  );
}
