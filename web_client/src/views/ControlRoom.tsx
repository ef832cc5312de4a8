import { useEffect, useState } from "preact/hooks";
import { Notice } from "../components/Alert";
import { Button } from "../components/Button";
import { useKeys, usePage } from "../components/page";
import { PageTop } from "../components/PageTop";
import { Tile } from "../components/Tile";
import { type Ask, type Asking, loudAlarms } from "../control/alarms";
import { sightOf, useDesk } from "../control/desk";
import { type DeskDialog, type Hands, handle, type Tab } from "../control/handle";
import { focusOf, keyAct } from "../control/keys";
import { isOpen, roomState, tallyOf, tileKey, wall } from "../control/state";
import { type Act, useAct } from "../control/useAct";
import { lend } from "../display/feed";
import { say } from "../i18n";
import { ceremony } from "../i18n/ceremony";
import { control } from "../i18n/control";
import { display } from "../i18n/display";
import { share } from "../i18n/share";
import type { View } from "../protocol";
import { BroadcastButton } from "../aired/BroadcastDialog";
import { RecordingButton } from "../recorded/RecordingDialog";
import { serverChecks, worst } from "../server";
import { away, clock, notice, view } from "../store";
import "../styles/control.css";
import "../styles/alarm.css";
import "../styles/ceremony.css";
import { AlarmDialog } from "./AlarmDialogs";
import { AlarmTop } from "./AlarmTop";
import { AskDialog } from "./ControlDialogs";
import { ControlSide } from "./ControlSide";
import { ControlStage } from "./ControlStage";
import { DeedLine } from "./Deeds";
import { toWrite } from "./MessagesPanel";
import { RundownBar } from "./RundownBar";
import { ServerMore, ServerTop } from "./ServerNote";
import { Waiting } from "./Waiting";

/** The moderator's desk: one screen, nothing on it ever changes its place. */
export function ControlRoom() {
  usePage("control", "dark");
  useDesk();
  useEffect(lend, []);
  if (!view.value) return <Waiting />;
  return <Desk seen={view.value} />;
}

function Desk({ seen }: { seen: View }) {
  const [opened, setOpened] = useState<string | null>(null);
  const [tab, setTab] = useState<Tab>("rundown");
  const [dialog, setDialog] = useState<DeskDialog | null>(null);
  const [asking, setAsking] = useState<Asking | null>(null);
  const act = useAct();
  const open = (code: string | null) => setOpened(code === opened ? closeTo(code) : code);
  const close = () => setOpened(closeTo(opened));
  const show = (one: Tab) => {
    setOpened(null);
    setTab(one);
    if (one === "messages") toWrite();
  };
  const shown = opened ? null : tab;
  const hands: Hands = { seen, act, open, close, show, shown, opened, ask: setAsking, dialog: setDialog };
  useKeys((event) => {
    const wanted = keyAct(event, focusOf(document.activeElement));
    if (wanted && !away.value && handle(wanted, hands)) event.preventDefault();
  });
  return (
    <div class={away.value ? "control away" : "control"} data-phase={seen.conference.phase}>
      <ControlTop seen={seen} act={act} ask={setAsking} onAsk={setDialog} />
      <main class="desk" inert={away.value}>
        <ControlStage seen={seen} act={act} onDocuments={() => setDialog("documents")} />
        <Wall seen={seen} opened={opened} onOpen={open} />
      </main>
      <ControlSide
        seen={seen}
        act={act}
        ask={setAsking}
        tab={tab}
        onTab={show}
        onAsk={setDialog}
        opened={opened}
        onOpen={open}
        onClose={close}
      />
      <DeedLine seen={seen} hidden={notice.value !== null || away.value} />
      <Notice text={notice.value && !away.value ? say(notice.value) : null} />
      {dialog && <AskDialog what={dialog} seen={seen} act={act} onClose={() => setDialog(null)} />}
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
  onAsk: (one: DeskDialog) => void;
}

function ControlTop({ seen, act, ask, onAsk }: ControlTopProps) {
  const { conference } = seen;
  const loud = loudAlarms(seen);
  const fails = worst(serverChecks.value)?.state === "fail";
  const server = fails && <ServerTop zone={conference} />;
  const top = loud.length > 0 ? <AlarmTop alarms={loud} seen={seen} act={act} ask={ask} /> : server;
  return (
    <PageTop
      seen={seen}
      alert={top}
    >
      {(loud.length > 0 || !fails) && <ServerMore zone={conference} quiet />}
      {isOpen(conference.phase) && <RundownBar seen={seen} />}
      <RecordingButton seen={seen} onAsk={() => onAsk("recording")} />
      <BroadcastButton seen={seen} onAsk={() => onAsk("broadcast")} />
      {isOpen(conference.phase) && (
        <Button class="sm icon" look="quiet" icon="share-screen" title={share.title} onClick={() => onAsk("share")} testId="share">
          <span class="vh">{share.title}</span>
        </Button>
      )}
      {conference.phase === "live" && (
        <Button class="sm" look="quiet" icon="stop" onClick={() => onAsk("end")} testId="end">
          {control.end}
        </Button>
      )}
      <Button
        class="sm icon"
        look="quiet"
        icon="screens"
        title={display.title}
        onClick={() => onAsk("screen")}
        testId="second-screen-open"
      >
        <span class="vh">{display.title}</span>
      </Button>
      <Button class="sm keys" look="quiet" kbd="?" title={ceremony.keysTitle} onClick={() => onAsk("keys")} testId="keys">
        <span class="vh">{ceremony.keys}</span>
      </Button>
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
            pinned={seen.conference.pinned === room.code}
            open={opened === room.code}
            onOpen={() => onOpen(room.code)}
          />
        );
      })}
    </section>
  );
}
