import { useState } from "preact/hooks";
import { Notice } from "../components/Alert";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { Icon } from "../components/Icon";
import { useKeys, usePage } from "../components/page";
import { PageTop } from "../components/PageTop";
import { Tile } from "../components/Tile";
import { primaryAct, showAct, undoSeconds } from "../control/acts";
import { sightOf, useDesk } from "../control/desk";
import { focusOf, type KeyAct, keyAct } from "../control/keys";
import { isOpen, roomState, tallyOf, tileKey, wall } from "../control/state";
import { type Act, useAct } from "../control/useAct";
import { duration } from "../format";
import { say } from "../i18n";
import { common } from "../i18n/common";
import { control } from "../i18n/control";
import type { CommandBody, View } from "../protocol";
import { away, clock, notice, view } from "../store";
import "../styles/control.css";
import { ControlSide } from "./ControlSide";
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
  const [ending, setEnding] = useState(false);
  const act = useAct();
  const open = (code: string | null) => setOpened(code === opened ? closeTo(code) : code);
  const close = () => setOpened(closeTo(opened));
  useKeys((event) => {
    const wanted = keyAct(event, focusOf(document.activeElement));
    if (wanted && !away.value && handle(wanted, seen, act, open, close)) event.preventDefault();
  });
  return (
    <div class={away.value ? "control away" : "control"} data-phase={seen.conference.phase}>
      <ControlTop seen={seen} onEnd={() => setEnding(true)} />
      <main class="desk" inert={away.value}>
        <ControlStage seen={seen} act={act} />
        <Wall seen={seen} opened={opened} onOpen={open} />
      </main>
      <ControlSide seen={seen} act={act} opened={opened} onOpen={open} onClose={close} />
      <Notice text={notice.value && !away.value ? say(notice.value) : null} />
      {ending && <EndDialog onClose={() => setEnding(false)} act={act} />}
    </div>
  );
}

/** Gives the focus back to the tile whose pane closes. */
function closeTo(code: string | null): null {
  const tile = code && document.querySelector<HTMLElement>(`.tile[data-room="${CSS.escape(code)}"]`);
  if (tile) tile.focus();
  return null;
}

/** True when the key was ours. */
function handle(
  wanted: KeyAct,
  seen: View,
  act: Act,
  open: (code: string) => void,
  close: () => void,
): boolean {
  const { conference, rooms } = seen;
  switch (wanted.act) {
    case "primary": {
      const primary = primaryAct(seen);
      if (primary.kind === "next") act(primary.body); // to open and to start wants a click
      return true;
    }
    case "open": {
      const room = wall(rooms)[wanted.place - 1];
      if (room) open(room.code);
      return room !== undefined;
    }
    case "close":
      close();
      return false;
    default:
      if (isOpen(conference.phase)) act(deskAct(wanted.act, seen));
      return true;
  }
}

function deskAct(act: "show" | "undo" | "muteAll" | "lock" | "hub", seen: View): CommandBody | null {
  const { conference } = seen;
  switch (act) {
    case "show": {
      const show = showAct(seen);
      return show.kind === "none" ? null : show.body;
    }
    case "undo":
      return undoSeconds(conference.undo_until, clock.value) > 0 ? { type: "floor.undo" } : null;
    case "muteAll":
      return { type: "mic.mute_all" };
    case "lock":
      return { type: "mic.lock", on: !conference.mic_lock };
    case "hub":
      return conference.floor === null ? null : { type: "floor.take" };
  }
}

function ControlTop({ seen, onEnd }: { seen: View; onEnd: () => void }) {
  const { conference } = seen;
  const since = conference.floor_since;
  return (
    <PageTop seen={seen}>
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
