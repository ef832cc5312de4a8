import { hallOf, hasRun, type ItemState } from "../ceremony/rundown";
import { Button } from "../components/Button";
import { isOpen } from "../control/state";
import type { Act } from "../control/useAct";
import { ceremony, kinds } from "../i18n/ceremony";
import { control } from "../i18n/control";
import type { ItemView, View } from "../protocol";

interface DetailProps {
  item: ItemView;
  seen: View;
  act: Act;
  state: ItemState;
  onEdit: () => void;
  onRemove: () => void;
  onMove: (step: 1 | -1) => void;
  canMove: (step: 1 | -1) => boolean;
  busy: boolean;
}

/** An opened item: what else is known of it, and all that can be done with it. */
export function RundownDetail(props: DetailProps) {
  const { item, seen, act, state, busy } = props;
  const open = isOpen(seen.conference.phase) ? null : control.notOpen;
  const ran = open ?? (hasRun(seen, item) ? ceremony.goRan : null);
  const { current } = seen.conference.progress;
  const live = seen.conference.phase === "live" ? null : control.notOpen;
  const moves = (step: 1 | -1): string | null =>
    ran ?? (busy || !props.canMove(step) ? ceremony.movesNot : null);
  return (
    <div class="detail" data-testid="item-detail">
      <p class="muted">{factsSaid(item, seen)}</p>
      {item.notes && <p class="notes">{item.notes}</p>}
      <div class="bt">
        {state !== "current" && (
          <Button
            icon="play"
            class="sm"
            testId="item-go"
            blocked={live ?? ran}
            onClick={() => act({ type: "rundown.advance", current, item: item.id })}
          >
            {ceremony.goTo}
          </Button>
        )}
        {!hasRun(seen, item) && (
          <Button
            icon={state === "skipped" ? "undo" : "skip"}
            class="sm"
            kbd={state === "next" ? "X" : undefined}
            testId="item-skip"
            blocked={open}
            onClick={() => act({ type: "rundown.skip", item: item.id, on: state !== "skipped" })}
          >
            {state === "skipped" ? ceremony.unskip : ceremony.skip}
          </Button>
        )}
        <Button icon="pen" class="sm" testId="item-edit" blocked={open} onClick={props.onEdit}>
          {ceremony.edit}
        </Button>
        <Button
          icon="up"
          class="sm"
          title={ceremony.up}
          testId="item-up"
          blocked={moves(-1)}
          onClick={() => props.onMove(-1)}
        >
          <span class="vh">{ceremony.up}</span>
        </Button>
        <Button
          icon="down"
          class="sm"
          title={ceremony.down}
          testId="item-down"
          blocked={moves(1)}
          onClick={() => props.onMove(1)}
        >
          <span class="vh">{ceremony.down}</span>
        </Button>
        <Button icon="bin" class="sm" look="quiet" testId="item-remove" blocked={ran} onClick={props.onRemove}>
          {ceremony.remove}
        </Button>
      </div>
    </div>
  );
}

/** `Pembacaan · Pusat · butir 2 ditampilkan · semua ruang dibisukan`. */
function factsSaid(item: ItemView, seen: View): string {
  const parts = [kinds[item.kind], hallOf(seen, item)?.name ?? ceremony.hub];
  if (item.point) parts.push(ceremony.pointShown(item.point));
  if (item.hush) parts.push(ceremony.muted);
  return parts.join(" · ");
}
