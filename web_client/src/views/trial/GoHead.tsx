import { useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Icon, type IconName } from "../../components/Icon";
import { StandbyLine } from "../../components/StandbyLine";
import { time } from "../../format";
import { say } from "../../i18n";
import { common } from "../../i18n/common";
import { outcomes, trial } from "../../i18n/trial";
import type { Outcome, RoomView, SweepRoomView, SweepView, View } from "../../protocol";
import { clock } from "../../store";
import { type GoKind, goOf, type SweepCell, sweepCell, sweepDone, withoutStation } from "../../trial/board";
import { isLive, testAll } from "../../trial/desk";
import { stations, stopSweep, sweep } from "../../trial/state";
import { DrillLine } from "./DrillLine";
import { LiveAsk } from "./LiveAsk";
import { CopyLinks } from "./TestLink";
import { countWords, goWords, sessionWords } from "./words";

const icons: Record<GoKind, { icon: IconName; tone: string }> = {
  ready: { icon: "check-c", tone: "green" },
  attention: { icon: "warn", tone: "amber" },
  untested: { icon: "clock", tone: "amber" },
  blocked: { icon: "x-c", tone: "red" },
};

interface HeadProps {
  rooms: RoomView[];
  seen: View;
  /** Opened by the button or by the key. */
  asking: boolean;
  ask: (on: boolean) => void;
}

/** May we begin? One sentence, large; on its right the test of all rooms. */
export function GoHead({ rooms, seen, asking, ask }: HeadProps) {
  const go = goOf(rooms);
  const { icon, tone } = icons[go.kind];
  const { lead, rest } = goWords(go);
  return (
    <section class="go">
      <span class={`sign ${tone}`}>
        <Icon name={icon} />
      </span>
      <div data-go={go.kind}>
        <div role="status">
          <h2>
            {lead && <em class={tone}>{lead} </em>}
            {rest}
          </h2>
        </div>
        <p>
          {countWords(go)} {sessionWords(seen.conference, clock.value)}
        </p>
        <DrillLine seen={seen} />
        <StandbyLine seen={seen} />
      </div>
      <Sweep rooms={rooms} seen={seen} ask={ask} />
      {asking && <SweepAsk rooms={rooms} onClose={() => ask(false)} />}
    </section>
  );
}

function Sweep({ rooms, seen, ask }: Pick<HeadProps, "rooms" | "seen" | "ask">) {
  const now = sweep.value;
  const running = now?.state === "running";
  const titles = new Map(rooms.map((room) => [room.code, room.title]));
  return (
    <div class="sweep" data-sweep={now?.state ?? "none"}>
      <b>{running ? trial.sweepAt(sweepDone(now), now.rooms.length) : trial.sweepIdle}</b>
      <ul class="cells">
        {now
          ? now.rooms.map((room) => (
              <li key={room.room} class={sweepCell(room)} title={cellWords(room, titles)}>
                <span class="vh">{cellWords(room, titles)}</span>
              </li>
            ))
          : rooms.map((room) => <li key={room.code} />)}
      </ul>
      <small>{now ? partWords(now, seen) : trial.sweepHow}</small>
      {running ? (
        <Button icon="stop" onClick={stopSweep} testId="sweep-stop">
          {trial.stop}
        </Button>
      ) : (
        <Button icon="play" kbd="S" onClick={() => ask(true)} testId="sweep-start">
          {trial.sweepStart}
        </Button>
      )}
    </div>
  );
}

function partWords(now: SweepView, seen: View): string {
  if (now.state === "running") return now.part === "together" ? trial.sweepTogether : trial.sweepHow;
  if (now.state === "stopped") return trial.sweepStopped;
  if (now.state === "broken") return trial.sweepBroken;
  return trial.sweepOver(time(now.ended_at ?? now.started_at, seen.conference, false), now.by);
}

const verdicts: Partial<Record<SweepCell, Outcome>> = { ok: "pass", warn: "warn", bad: "fail" };

/** The words say what the colour says. */
function cellWords(room: SweepRoomView, titles: Map<string, string>): string {
  const verdict = verdicts[sweepCell(room)];
  const what = {
    waiting: trial.cellWaiting,
    running: trial.isTested,
    skipped: trial.cellSkipped,
    done: verdict ? outcomes[verdict] : trial.cellDone,
  }[room.state];
  const why = room.why ? `. ${say(room.why)}` : "";
  return `${titles.get(room.room) ?? room.room}: ${what}${why}`;
}

function askWords(missing: RoomView[], there: number): { title: string; why: string } {
  if (there === 0) return { title: trial.sweepNoRoom, why: trial.sweepNoRoomWhy };
  if (missing.length === 0) return { title: trial.sweepAskAll, why: trial.sweepAskAllWhy };
  const names = missing.map((room) => room.title).join(", ");
  return { title: trial.sweepAsk(missing.length), why: trial.sweepAskWhy(names) };
}

/** Says which rooms would be left out before it begins; in a live session it asks once more. */
function SweepAsk({ rooms, onClose }: { rooms: RoomView[]; onClose: () => void }) {
  const [known, setKnown] = useState(false);
  const missing = withoutStation(rooms, stations.value);
  const there = rooms.length - missing.length;
  const [atOnce] = useState(there > 0 && missing.length === 0); // a page that opens later presses no button
  const begin = (force: boolean) => {
    onClose();
    void testAll(force);
  };
  if (known || atOnce) {
    return <LiveAsk onYes={begin} onClose={onClose} />;
  }
  const { title, why } = askWords(missing, there);
  return (
    <Dialog
      title={title}
      onClose={onClose}
      ends={
        <>
          <Button onClick={onClose} autofocus>
            {common.cancel}
          </Button>
          {there > 0 && (
            <Button
              look="primary"
              testId="sweep-yes"
              onClick={() => (isLive.value ? setKnown(true) : begin(false))}
            >
              {trial.sweepYes(there)}
            </Button>
          )}
        </>
      }
    >
      <p>{why}</p>
      {missing.length > 0 && <CopyLinks rooms={missing} />}
    </Dialog>
  );
}
