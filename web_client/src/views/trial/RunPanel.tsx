import { useEffect, useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { say } from "../../i18n";
import { common } from "../../i18n/common";
import { trial } from "../../i18n/trial";
import type { RoomView, RunView, View } from "../../protocol";
import { clock } from "../../store";
import { CallButton } from "../../talk/CallButton";
import { openStep, stationOf } from "../../trial/board";
import { isTrouble, loadLast, opened, type Segment, segment, shownRun, wanted } from "../../trial/desk";
import { stations, stopTrial } from "../../trial/state";
import { Equipment } from "./Equipment";
import { History } from "./History";
import { Reports } from "./Reports";
import { RoomDevices } from "./RoomDevices";
import { Steps } from "./Steps";
import { NoStation } from "./TestLink";
import { runWords } from "./words";

interface PanelProps {
  room: RoomView | null;
  seen: View;
  onTest: (room: RoomView) => void;
}

/** The chosen room: its run, its past, its equipment, its devices. */
export function RunPanel({ room, seen, onTest }: PanelProps) {
  if (!room) return <aside class="run" aria-label={trial.panel} />;
  const shown = shownRun.value;
  return (
    <aside class="run" aria-labelledby="run-title" data-panel={room.code}>
      <header>
        <div>
          <h2 id="run-title">{room.title}</h2>
          {shown && <p class="by">{runWords(shown, clock.value, seen.conference)}</p>}
        </div>
        <div class="bt">
          <CallButton seen={seen} room={room} kbd="F" testId="call-room" />
          <Main room={room} onTest={onTest} />
        </div>
      </header>
      <Segments />
      <Part room={room} seen={seen} />
    </aside>
  );
}

function Main({ room, onTest }: Pick<PanelProps, "onTest"> & { room: RoomView }) {
  const run = shownRun.value;
  if (run?.state === "running") {
    return (
      <Button icon="stop" onClick={() => stopTrial(run.id)} testId="run-stop">
        {trial.stop}
      </Button>
    );
  }
  return (
    <Button icon="play" kbd="U" onClick={() => onTest(room)} testId="run-start">
      {run ? trial.again : trial.start}
    </Button>
  );
}

function Segments() {
  const all: [Segment, string][] = [
    ["test", trial.segTest],
    ["history", trial.segHistory],
    ["equipment", trial.segEquipment],
    ["devices", trial.segDevices],
  ];
  return (
    <div class="segments" role="group" aria-label={trial.panel}>
      {all.map(([name, words]) => (
        <button
          key={name}
          type="button"
          aria-pressed={segment.value === name}
          data-segment={name}
          onClick={() => (segment.value = name)}
        >
          {words}
        </button>
      ))}
    </div>
  );
}

function Part({ room, seen }: { room: RoomView; seen: View }) {
  switch (segment.value) {
    case "test":
      return <TestPart key={room.code} room={room} />;
    case "history":
      return <History key={room.code} room={room} seen={seen} />;
    case "equipment":
      return <Equipment room={room} seen={seen} />;
    case "devices":
      return <RoomDevices room={room} seen={seen} />;
  }
}

function TestPart({ room }: { room: RoomView }) {
  const run = shownRun.value;
  const last = useLast(room, run === null);
  const station = stationOf(stations.value, room.code);
  return (
    <>
      <div class="scroll">
        {!station && run?.state !== "running" && (
          <NoStation room={room} open={!run || wanted.value === room.code} />
        )}
        {!run && last && <Last {...last} />}
        {run && <RunHead run={run} />}
        {run && <Steps run={run} repeats={station !== null} />}
        {station && !run && (
          <p class="by there" role="status">
            <Icon name="check" /> {trial.stationReady(station.agent)}
          </p>
        )}
      </div>
      <Reports run={run} />
    </>
  );
}

interface LastProps {
  failed: boolean;
  retry: () => void;
}

/** Fetches the room's last run; null: it has none. */
function useLast(room: RoomView, missing: boolean): LastProps | null {
  const id = room.readiness.tested?.run;
  const [failed, setFailed] = useState(false);
  const load = () => {
    if (!id) return;
    setFailed(false);
    loadLast(room.code, id).catch((error: unknown) => {
      if (!isTrouble(error)) throw error;
      console.warn("x last run:", error);
      setFailed(true);
    });
  };
  useEffect(load, [id, missing]); // the panel makes a new part for each room
  return id ? { failed, retry: load } : null;
}

function Last({ failed, retry }: LastProps) {
  return (
    <>
      <p role="status" class="muted">
        {failed ? trial.loadFailed : common.loading}
      </p>
      {failed && <Button onClick={retry}>{trial.retry}</Button>}
    </>
  );
}

/** The step that stands open says the same. */
function toldBelow(run: RunView): boolean {
  const open = run.steps.find((step) => step.name === openStep(run));
  return open?.cause?.id === run.sentence.id;
}

function RunHead({ run }: { run: RunView }) {
  const old = opened.value?.id === run.id;
  return (
    <>
      {old && (
        <p class="old">
          {trial.oldRun}{" "}
          <Button look="quiet" kbd="Esc" onClick={() => (opened.value = null)}>
            {trial.toNew}
          </Button>
        </p>
      )}
      {run.verdict && !toldBelow(run) && say(run.sentence) && <p class={`said ${run.verdict}`}>{say(run.sentence)}</p>}
    </>
  );
}
