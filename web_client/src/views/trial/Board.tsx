import { Icon } from "../../components/Icon";
import { tileKey } from "../../control/state";
import { isMoved } from "../../fallback";
import { levels, plan } from "../../i18n/fallback";
import { profiles, trial } from "../../i18n/trial";
import type { RoomView, RunView, View } from "../../protocol";
import { clock } from "../../store";
import {
  type Cell,
  cellsOf,
  type ColumnName,
  COLUMNS,
  runOf,
  sparkPath,
  sparkPoints,
  sparkValues,
  stepPlace,
} from "../../trial/board";
import { choose, chosen, recent } from "../../trial/desk";
import { runs } from "../../trial/state";
import { ReadyChip } from "./ReadyChip";
import { cellWords, whenWords } from "./words";

interface BoardProps {
  rooms: RoomView[];
  seen: View;
  onTest: (room: RoomView) => void;
}

/** A row for each room: last trial, readiness, five figures with their last ten, profile. */
export function Board({ rooms, seen, onTest }: BoardProps) {
  const heads: [string, string][] = [
    [trial.colRtt, "ms"],
    [trial.colLoss, "%"],
    [trial.colUp, "Mbit/s"],
    [trial.colDown, "Mbit/s"],
    [trial.colMos, trial.unitMos],
  ];
  return (
    <main class="board">
      <table>
        <caption class="vh">{trial.keys}</caption>
        <thead>
          <tr>
            <th scope="col" class="l">
              {trial.colRoom}
            </th>
            <th scope="col" class="l chips">
              {trial.colReady}
            </th>
            {heads.map(([name, unit]) => (
              <th key={name} scope="col" class="f">
                {name}
                <small>{unit}</small>
              </th>
            ))}
            <th scope="col" class="p">
              {trial.colProfile}
            </th>
            <th class="u">
              <span class="vh">{trial.test}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rooms.map((room, i) => (
            <Row
              key={room.code}
              room={room}
              seen={seen}
              place={room.hub ? "" : (tileKey(i + 1) ?? "")}
              onTest={onTest}
            />
          ))}
        </tbody>
      </table>
    </main>
  );
}

interface RowProps {
  room: RoomView;
  seen: View;
  place: string;
  onTest: (room: RoomView) => void;
}

function Row({ room, seen, place, onTest }: RowProps) {
  const run = runOf(runs.value, room.code);
  const running = run?.state === "running" ? run : null;
  const cells = cellsOf(room, running);
  const mine = chosen.value === room.code;
  return (
    <tr
      class={mine ? "sel" : undefined}
      data-room={room.code}
      data-readiness={room.readiness.state}
      onClick={() => {
        choose(room.code);
        showPanel();
      }}
    >
      <th scope="row" class="l">
        <button type="button" class="pick" aria-pressed={mine} data-pick={room.code}>
          <span class="n">{place}</span>
          <span>
            <span class="name">{room.title}</span>
            <span class="sub">{subWords(room, running, seen)}</span>
          </span>
        </button>
      </th>
      <td class="l chips">
        <ReadyChip state={room.readiness.state} run={running} />
      </td>
      {COLUMNS.map((name) => (
        <td key={name} class="f">
          <Figure name={name} cell={cells[name]} room={room.code} />
        </td>
      ))}
      <td class="p">
        <PlanCell room={room} measuring={running !== null} />
      </td>
      <td class="u">
        <button
          type="button"
          class="btn"
          aria-label={trial.testRoom(room.title)}
          aria-disabled={running ? true : undefined}
          title={running ? trial.isTested : undefined}
          data-test={room.code}
          onClick={(event) => {
            event.stopPropagation();
            if (running) choose(room.code);
            else onTest(room);
            showPanel();
          }}
        >
          {trial.test}
        </button>
      </td>
    </tr>
  );
}

/** The fallback plan as it stands; for the hub, which has none, what its trial found. */
function PlanCell({ room, measuring }: { room: RoomView; measuring: boolean }) {
  const found = room.readiness.tested?.profile;
  const now = room.fallback;
  if (measuring || (!now && !found)) return <>–</>;
  if (!now) return <>{found && profiles[found]}</>;
  const aside = now.pinned ? plan.pinned : isMoved(now) ? plan.of(levels[now.ceiling]) : null;
  return (
    <span data-plan={now.level} data-aside={aside ? "" : undefined}>
      {profiles[now.level]}
      {!now.tested && <small> {plan.untestedShort}</small>}
      {aside && <small> {aside}</small>}
    </span>
  );
}

/** Where one column is all there is, the panel stands above the board. */
function showPanel(): void {
  if (matchMedia("(max-width: 1179px)").matches) document.querySelector(".run")?.scrollIntoView();
}

function subWords(room: RoomView, running: RunView | null, seen: View): string {
  if (running) return trial.underway(stepPlace(running), running.steps.length);
  const tested = room.readiness.tested;
  if (!tested) return trial.never;
  return `${whenWords(tested.at, clock.value, seen.conference)}, ${tested.by}`;
}

function Figure({ name, cell, room }: { name: ColumnName; cell: Cell; room: string }) {
  const { value, more, tone } = cell;
  const points = value === null ? [] : sparkPoints(sparkValues(recent.value, room, name));
  const last = points.at(-1);
  if (value === null) {
    return (
      <span class="faint">
        –<span class="vh"> {trial.unknown}</span>
      </span>
    );
  }
  return (
    <>
      <span class={`fig ${tone}`}>
        {tone && <Icon name="warn" label={tone === "bad" ? trial.thresholdBad : trial.thresholdWarn} />}
        {cellWords(name, value, more)}
      </span>
      {last && (
        <svg class="spark" viewBox="0 0 56 14" aria-hidden="true">
          <path d={sparkPath(points)} />
          <circle cx={last[0]} cy={last[1]} r="2" />
        </svg>
      )}
    </>
  );
}
