import { useState } from "preact/hooks";
import { Notice } from "../components/Alert";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { Icon } from "../components/Icon";
import { useKeys, usePage } from "../components/page";
import { PageTop } from "../components/PageTop";
import { Tile } from "../components/Tile";
import { type Ask, type Asking, loudAlarms } from "../control/alarms";
import { sightOf, useDesk } from "../control/desk";
import { type Hands, handle } from "../control/handle";
import { focusOf, keyAct } from "../control/keys";
import { isOpen, roomState, tallyOf, tileKey, wall } from "../control/state";
import { type Act, useAct } from "../control/useAct";
import { duration } from "../format";
import { say } from "../i18n";
import { common } from "../i18n/common";
import { control } from "../i18n/control";
import type { View } from "../protocol";
import { away, clock, notice, view } from "../store";
import "../styles/control.css";
import "../styles/alarm.css";
import { AlarmDialog } from "./AlarmDialogs";
import { AlarmTop } from "./AlarmTop";
import { ControlSide, type Tab } from "./ControlSide";
import { ControlStage } from "./ControlStage";
import { Waiting } from "./Waiting";

/** The moderator's desk: one screen, nothing on it ever changes its place. */
export function ControlRoom() {
  usePage("control", "dark");
  useDesk();
  if (!view.value) return <Waiting />;
  return <Desk seen={view.value} />;
}

function Desk({ seen }: { seen: View }) {
  const [opened, setOpened] = useState<string | null>(null);
  const [tab, setTab] = useState<Tab>("turns");
  const [ending, setEnding] = useState(false);
  const [asking, setAsking] = useState<Asking | null>(null);
  const act = useAct();
  const open = (code: string | null) => setOpened(code === opened ? closeTo(code) : code);
  const close = () => setOpened(closeTo(opened));
  const events = () => {
    setOpened(null);
    setTab("events");
  };
  const hands: Hands = { seen, act, open, close, events, ask: setAsking, listed: tab === "events" && !opened };
  useKeys((event) => {
    const wanted = keyAct(event, focusOf(document.activeElement));
    if (wanted && !away.value && handle(wanted, hands)) event.preventDefault();
  });
  return (
    <div class={away.value ? "control away" : "control"} data-phase={seen.conference.phase}>
      <ControlTop seen={seen} act={act} ask={setAsking} onEnd={() => setEnding(true)} />
      <main class="desk" inert={away.value}>
        <ControlStage seen={seen} act={act} />
        <Wall seen={seen} opened={opened} onOpen={open} />
      </main>
      <ControlSide
        seen={seen}
        act={act}
        ask={setAsking}
        tab={tab}
        onTab={setTab}
        opened={opened}
        onOpen={open}
        onClose={close}
      />
      <Notice text={notice.value && !away.value ? say(notice.value) : null} />
      {ending && <EndDialog onClose={() => setEnding(false)} act={act} />}
      {asking && <AlarmDialog asking={asking} seen={seen} onClose={() => setAsking(null)} />}
    </div>
  );
}

/** Gives the focus back to the tile whose pane closes. */
function closeTo(code: string | null): null {
  const tile = code && document.querySelector<HTMLElement>(`.tile[data-room="${CSS.escape(code)}"]`);
  if (tile) tile.focus();
  return null;
}

interface ControlTopProps {
  seen: View;
  act: Act;
  ask: Ask;
  onEnd: () => void;
}

function ControlTop({ seen, act, ask, onEnd }: ControlTopProps) {
  const { conference } = seen;
  const since = conference.floor_since;
  const loud = loudAlarms(seen);
  return (
    <PageTop
      seen={seen}
      alert={loud.length > 0 && <AlarmTop alarms={loud} seen={seen} act={act} ask={ask} />}
    >
      {isOpen(conference.phase) && since !== null && (
        <span class="pair big" data-testid="on-air-for">
          {control.onAirFor} <b>{duration(clock.value - since)}</b>
        </span>
      )}
      {conference.phase === "live" && (
        <Button class="sm" look="quiet" icon="stop" onClick={onEnd} testId="end">
          {control.end}
        </Button>
      )}
    </PageTop>
  );
}

interface WallProps {
  seen: View;
  opened: string | null;
  onOpen: (code: string) => void;
}

function Wall({ seen, opened, onOpen }: WallProps) {
  return (
    <section class="wall" aria-label={control.wall}>
      {wall(seen.rooms).map((room, i) => {
        const stream = sightOf(room);
        return (
          <Tile
            key={room.code}
            room={room}
            state={roomState(room, seen.conference, stream)}
            tally={tallyOf(room, seen.conference)}
            stream={stream}
            hotkey={tileKey(i + 1)}
            now={clock.value}
            open={opened === room.code}
            onOpen={() => onOpen(room.code)}
          />
        );
      })}
    </section>
  );
}

function EndDialog({ onClose, act }: { onClose: () => void; act: Act }) {
  const end = () => {
    act({ type: "phase.set", phase: "closed" });
    onClose();
  };
  return (
    <Dialog
      title={control.endAsk}
      onClose={onClose}
      ends={
        <>
          <Button onClick={onClose} autofocus>
            {common.cancel}
          </Button>
          <Button look="danger" icon="stop" onClick={end} testId="end-yes">
            {control.endYes}
          </Button>
        </>
      }
    >
      <p>
        <Icon name="warn" /> {control.endWhy}
      </p>
    </Dialog>
  );
}
