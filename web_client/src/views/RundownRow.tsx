import { useState } from "preact/hooks";
import { hallOf, type ItemState, moved, numberOf, runOf, stateOf } from "../ceremony/rundown";
import { elapsedOf, overrun } from "../ceremony/timing";
import { Icon } from "../components/Icon";
import type { Act } from "../control/useAct";
import { duration } from "../format";
import { ceremony } from "../i18n/ceremony";
import type { ItemView, View } from "../protocol";
import { clock } from "../store";
import { overrunTone } from "./RundownBar";
import { RundownDetail } from "./RundownDetail";

/** Moving an item by hand. */
export interface Drag {
  can: boolean;
  mine: boolean;
  /** Another item is dragged that may come here. */
  target: boolean;
  begin: () => void;
  end: () => void;
  drop: () => void;
}

interface RowProps {
  item: ItemView;
  seen: View;
  act: Act;
  open: boolean;
  onOpen: () => void;
  onEdit: () => void;
  onRemove: () => void;
  onMove: (step: 1 | -1) => void;
  busy: boolean;
  drag: Drag;
}

const looks: Record<ItemState, string> = {
  done: "done",
  current: "now",
  skipped: "done skipped",
  next: "nx",
  waiting: "",
};

export function RundownRow(props: RowProps) {
  const { item, seen, act, open, onOpen, drag } = props;
  const [over, setOver] = useState(false);
  const state = stateOf(seen, item);
  const look = [looks[state], drag.mine ? "dragged" : "", over && drag.target ? "over" : ""];
  return (
    <li
      class={look.filter(Boolean).join(" ") || undefined}
      data-item={item.id}
      data-item-state={state}
      aria-current={state === "current" ? "step" : undefined}
      draggable={drag.can}
      onDragStart={(event) => {
        event.dataTransfer?.setData("text/plain", item.title);
        drag.begin();
      }}
      onDragEnd={drag.end}
      onDragOver={(event) => {
        if (!drag.target) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        drag.drop();
      }}
    >
      <button
        type="button"
        class="row"
        data-row={item.id}
        aria-expanded={open}
        title={hallOf(seen, item)?.name}
        onClick={onOpen}
      >
        <span>{numberOf(seen, item)}</span>
        <span class="t">
          {item.title}
          {stateSaid(state)}
        </span>
        <span>
          <span class="vh">{ceremony.planned} </span>
          {duration(item.planned_s * 1000)}
        </span>
        {state !== "current" && <Taken item={item} seen={seen} state={state} />}
      </button>
      {state === "current" && <Running item={item} seen={seen} act={act} />}
      {open && (
        <RundownDetail
          {...props}
          state={state}
          canMove={(step) => moved(seen, item.id, step) !== null}
        />
      )}
    </li>
  );
}

function stateSaid(state: ItemState) {
  return state === "next" || state === "current" ? <span class="vh">, {ceremony[state]}</span> : null;
}

/** How long it took; green within its length, amber beyond. */
function Taken({ item, seen, state }: { item: ItemView; seen: View; state: ItemState }) {
  const run = runOf(seen, item.id);
  if (state === "skipped") {
    return (
      <span class="took">
        <Icon name="skip" /> {ceremony.skipped}
      </span>
    );
  }
  if (!run) return <span />;
  const spent = elapsedOf(seen, run, clock.value);
  return (
    <span class={spent > item.planned_s * 1000 ? "took amber" : "took green"}>
      <Icon name="check" label={ceremony.took} /> {duration(spent)}
    </span>
  );
}

/** The item that is on: how long already; pressed, its time rests. */
function Running({ item, seen, act }: { item: ItemView; seen: View; act: Act }) {
  const run = runOf(seen, item.id);
  const spent = run ? elapsedOf(seen, run, clock.value) : 0;
  const planned = item.planned_s * 1000;
  const tone = overrunTone[overrun(planned - spent, planned)];
  const paused = seen.conference.progress.paused_at !== null;
  const what = paused ? ceremony.resume : ceremony.pause;
  return (
    <>
      <button
        type="button"
        class={`btn quiet run ${paused ? "amber" : tone}`}
        aria-pressed={paused}
        title={what}
        data-testid="pause"
        onClick={() => act({ type: "rundown.pause", on: !paused })}
      >
        <Icon name={paused ? "pause" : "play"} label={what} />
        {duration(spent)}
        <kbd>J</kbd>
      </button>
      <span class="prog" aria-hidden="true">
        <b class={tone} style={{ width: `${Math.min(100, (100 * spent) / planned)}%` }} />
      </span>
    </>
  );
}
