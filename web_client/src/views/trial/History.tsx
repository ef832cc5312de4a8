import { useEffect, useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Icon, type IconName } from "../../components/Icon";
import { kinds, outcomes, profiles, reportFailed, trial } from "../../i18n/trial";
import type { Outcome, RoomView, View } from "../../protocol";
import { clock, tell } from "../../store";
import { type ColumnName, COLUMNS } from "../../trial/board";
import { isTrouble, openRun } from "../../trial/desk";
import { type TrialRow, trialHistory } from "../../trial/http";
import { Chart } from "./Chart";
import { whenWords } from "./words";

const PAGE = 20;

const signs: Record<Outcome, { icon: IconName; tone: string }> = {
  pass: { icon: "check-c", tone: "green" },
  warn: { icon: "warn", tone: "amber" },
  fail: { icon: "x-c", tone: "red" },
};

interface Loaded {
  rows: TrialRow[];
  state: "loading" | "known" | "failed";
  more: boolean;
}

const NONE: Loaded = { rows: [], state: "loading", more: false };

/** All runs of a room, the latest first, and how its line has been over time. */
export function History({ room, seen }: { room: RoomView; seen: View }) {
  const [loaded, setLoaded] = useState<Loaded>(NONE);
  const [column, setColumn] = useState<ColumnName>("rtt");
  const load = (before?: number) => {
    setLoaded((old) => ({ ...old, state: "loading" }));
    trialHistory(room.code, PAGE, before).then(
      (rows) =>
        setLoaded((old) => ({
          rows: before === undefined ? rows : [...old.rows, ...rows],
          state: "known",
          more: rows.length === PAGE,
        })),
      (error: unknown) => {
        if (!isTrouble(error)) throw error;
        setLoaded((old) => ({ ...old, state: "failed" }));
      },
    );
  };
  useEffect(() => load(), []); // the panel makes a new list for each room
  const { rows, state, more } = loaded;
  return (
    <section class="history">
      {rows.length > 1 && <Charted rows={rows} column={column} setColumn={setColumn} seen={seen} />}
      {rows.length > 0 && <List rows={rows} seen={seen} />}
      <p role="status" class="muted">
        {state === "loading" && trial.loading}
        {state === "failed" && trial.loadFailed}
        {state === "known" && rows.length === 0 && trial.historyNone}
      </p>
      {(state === "failed" || more) && (
        <Button
          blocked={state === "loading" ? trial.loading : null}
          onClick={() => load(rows.at(-1)?.started_at)}
          testId="history-more"
        >
          {state === "failed" ? trial.retry : trial.loadMore}
        </Button>
      )}
    </section>
  );
}

interface ChartedProps {
  rows: TrialRow[];
  column: ColumnName;
  setColumn: (column: ColumnName) => void;
  seen: View;
}

function Charted({ rows, column, setColumn, seen }: ChartedProps) {
  const names: Record<ColumnName, string> = {
    rtt: `${trial.colRtt} ms`,
    loss: `${trial.colLoss} %`,
    up: `${trial.colUp} Mbit/s`,
    down: `${trial.colDown} Mbit/s`,
    mos: trial.colMos,
  };
  return (
    <>
      <label class="which">
        <span class="vh">{trial.chart}</span>
        <select
          class="input"
          value={column}
          onChange={(event) => {
            const wanted = COLUMNS.find((one) => one === event.currentTarget.value);
            if (wanted) setColumn(wanted);
          }}
        >
          {COLUMNS.map((one) => (
            <option key={one} value={one}>
              {names[one]}
            </option>
          ))}
        </select>
      </label>
      <Chart rows={rows} column={column} title={names[column]} zone={seen.conference.timezone} />
    </>
  );
}

/** The verdict; without one, how the run ended. */
function rowWord({ verdict, state }: TrialRow): string {
  if (verdict) return outcomes[verdict];
  return {
    running: trial.isTested,
    done: trial.cellDone,
    stopped: trial.sweepStopped,
    broken: trial.sweepBroken,
  }[state];
}

function List({ rows, seen }: { rows: TrialRow[]; seen: View }) {
  return (
    <ul class="runs">
      {rows.map((row) => {
        const sign = row.verdict ? signs[row.verdict] : null;
        return (
          <li key={row.id}>
            <button
              type="button"
              data-run={row.id}
              onClick={() =>
                void openRun(row.id).catch((error: unknown) => {
                  if (!isTrouble(error)) throw error;
                  console.warn("x old run:", error);
                  tell(reportFailed);
                })
              }
            >
              <span class={sign?.tone ?? "faint"}>
                <Icon name={sign?.icon ?? "skip"} label={rowWord(row)} />
              </span>
              <span>
                {whenWords(row.started_at, clock.value, seen.conference)}
                <small>
                  {row.by}, {kinds[row.kind]}
                  {row.together && `, ${trial.together}`}
                  {row.damaged && `, ${trial.damaged}`}
                </small>
              </span>
              <span class="push">{row.profile ? profiles[row.profile] : "–"}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
