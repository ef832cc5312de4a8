import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { dropped, hasRun, moved } from "../ceremony/rundown";
import type { Editor } from "../ceremony/useEdit";
import type { Act } from "../control/useAct";
import type { ItemView, View } from "../protocol";
import { RundownRow } from "./RundownRow";

interface ListProps {
  seen: View;
  act: Act;
  editor: Editor;
  opened: string | null;
  onOpen: (id: string) => void;
  onEdit: (item: ItemView) => void;
  onRemove: (item: ItemView) => void;
}

/** Items in their order. Arrows go from row to row; with Alt they move the item, as a drag does. */
export function RundownList(props: ListProps) {
  const { seen, act, editor, opened, onOpen, onEdit, onRemove } = props;
  const [dragged, setDragged] = useState<string | null>(null);
  const list = useRef<HTMLOListElement>(null);
  const [held, setHeld] = useState<string | null>(null);
  useLayoutEffect(() => rowOf(list.current, held)?.focus(), [seen.rundown.version]);
  const move = (id: string, step: 1 | -1): void => {
    const items = moved(seen, id, step);
    if (!items) return;
    setHeld(id); // the row that moves would lose the focus
    void editor.edit(items);
  };
  const drop = (on: string): void => {
    const items = dragged && dropped(seen, dragged, on);
    setDragged(null);
    setHeld(null);
    if (items) void editor.edit(items);
  };
  const turn = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const row = (event.target as Element).closest<HTMLElement>("[data-row]");
    if (!step || !row) return;
    event.preventDefault();
    if (event.altKey) return move(row.dataset.row ?? "", step);
    setHeld(null);
    besideRow(list.current, row, step)?.focus();
  };
  return (
    <ol class="rl" ref={list} onKeyDown={turn}>
      {seen.rundown.items.map((item) => (
        <RundownRow
          key={item.id}
          item={item}
          seen={seen}
          act={act}
          open={opened === item.id}
          onOpen={() => onOpen(item.id)}
          onEdit={() => onEdit(item)}
          onRemove={() => onRemove(item)}
          onMove={(step) => move(item.id, step)}
          busy={editor.busy}
          drag={{
            can: !hasRun(seen, item),
            mine: dragged === item.id,
            target: dragged !== null && dragged !== item.id && !hasRun(seen, item),
            begin: () => setDragged(item.id),
            end: () => setDragged(null),
            drop: () => drop(item.id),
          }}
        />
      ))}
    </ol>
  );
}

function rowOf(list: HTMLElement | null, id: string | null): HTMLElement | null {
  return id ? (list?.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"]`) ?? null) : null;
}

function besideRow(list: HTMLElement | null, row: HTMLElement, step: number): HTMLElement | undefined {
  const rows = [...(list?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
  return rows[rows.indexOf(row) + step];
}
