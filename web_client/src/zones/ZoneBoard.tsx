import { useRef, useState } from "preact/hooks";
import { zones as words } from "../i18n/zones";
import type { Zone } from "../protocol";
import {
  added,
  between,
  byKey,
  changed,
  chosen,
  type Corner,
  CORNERS,
  type Drawing,
  moved,
  removed,
  type Spot,
  stretched,
} from "./zones";

interface BoardProps {
  drawing: Drawing;
  onDraw: (next: (drawing: Drawing) => Drawing) => void;
}

/** What a pointer has taken hold of. */
type Hold =
  | { what: "new"; from: Spot }
  | { what: "move"; n: number; zone: Zone; from: Spot }
  | { what: "stretch"; n: number; zone: Zone; corner: Corner; from: Spot };

/** Over the picture: zones that are drawn, moved and stretched, by pointer or by keyboard. */
export function ZoneBoard({ drawing, onDraw }: BoardProps) {
  const box = useRef<HTMLDivElement>(null);
  const hold = useRef<Hold | null>(null);
  const begun = useRef(false);
  const [fresh, setFresh] = useState<Zone | null>(null);

  const spotOf = (event: PointerEvent): Spot => {
    const frame = box.current?.getBoundingClientRect();
    if (!frame?.width || !frame.height) return { x: 0, y: 0 };
    return { x: (event.clientX - frame.left) / frame.width, y: (event.clientY - frame.top) / frame.height };
  };
  const take = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    box.current?.setPointerCapture(event.pointerId);
    begun.current = false;
    hold.current = holdOf(event, drawing, spotOf(event));
    const n = hold.current.what === "new" ? null : hold.current.n;
    onDraw((now) => chosen(now, n));
  };
  const drag = (event: PointerEvent): void => {
    const held = hold.current;
    if (!held) return;
    const spot = spotOf(event);
    if (held.what === "new") return setFresh(between(held.from, spot));
    const zone = shaped(held, spot);
    const first = !begun.current;
    begun.current = true;
    onDraw((now) => changed(now, held.n, zone, first));
  };
  const drop = (event: PointerEvent): void => {
    const held = hold.current;
    hold.current = null;
    setFresh(null);
    if (held?.what !== "new" || event.type === "pointercancel") return;
    const zone = between(held.from, spotOf(event));
    if (zone) onDraw((now) => added(now, zone));
  };
  const key = (event: KeyboardEvent, n: number): void => {
    const zone = drawing.zones[n];
    if (!zone) return;
    const shape = byKey(zone, event.key, event.shiftKey);
    if (shape) onDraw((now) => changed(now, n, shape, true));
    else if (event.key === "Delete" || event.key === "Backspace") {
      onDraw((now) => removed(now, n));
      document.querySelector<HTMLElement>("[data-testid=zone-add]")?.focus(); // the zone had the focus
    } else return;
    event.preventDefault();
  };
  return (
    <div
      ref={box}
      class="board"
      data-testid="zone-board"
      onPointerDown={take}
      onPointerMove={drag}
      onPointerUp={drop}
      onPointerCancel={drop}
    >
      {drawing.zones.map((zone, n) => (
        <button
          key={n}
          type="button"
          class={n === drawing.chosen ? "zone is-chosen" : "zone"}
          style={placed(zone)}
          aria-label={spoken(zone, n)}
          aria-pressed={n === drawing.chosen}
          data-zone={n}
          onFocus={() => onDraw((now) => chosen(now, n))}
          onKeyDown={(event) => key(event, n)}
        >
          <span aria-hidden="true">{n + 1}</span>
        </button>
      ))}
      {fresh && <span class="zone is-fresh" style={placed(fresh)} />}
      <Handles drawing={drawing} />
    </div>
  );
}

/** The corners of the chosen zone: beside it in the tree, for a button holds no other. */
function Handles({ drawing }: { drawing: Drawing }) {
  const zone = drawing.chosen === null ? undefined : drawing.zones[drawing.chosen];
  if (!zone) return null;
  return (
    <span class="handles" style={placed(zone)}>
      {CORNERS.map((corner) => (
        <i key={corner} class={corner} data-corner={corner} />
      ))}
    </span>
  );
}

function holdOf(event: PointerEvent, drawing: Drawing, from: Spot): Hold {
  const target = event.target instanceof Element ? event.target : null;
  const corner = target?.closest<HTMLElement>("[data-corner]")?.dataset.corner as Corner | undefined;
  const n = corner ? drawing.chosen : Number(target?.closest<HTMLElement>("[data-zone]")?.dataset.zone ?? NaN);
  const zone = n === null ? undefined : drawing.zones[n];
  if (n === null || !zone) return { what: "new", from };
  return corner ? { what: "stretch", n, zone, corner, from } : { what: "move", n, zone, from };
}

function shaped(held: Exclude<Hold, { what: "new" }>, to: Spot): Zone {
  const [dx, dy] = [to.x - held.from.x, to.y - held.from.y];
  return held.what === "move" ? moved(held.zone, dx, dy) : stretched(held.zone, held.corner, dx, dy);
}

function placed({ x, y, width, height }: Zone) {
  return { left: percent(x), top: percent(y), width: percent(width), height: percent(height) };
}

function percent(part: number): string {
  return `${part * 100}%`;
}

function spoken({ x, y, width, height }: Zone, n: number): string {
  const [left, top, wide, high] = [x, y, width, height].map((part) => Math.round(part * 100));
  return words.zone(n + 1, left ?? 0, top ?? 0, wide ?? 0, high ?? 0);
}
