import { useRef, useState } from "preact/hooks";
import { readRundown } from "../../ceremony/csv";
import { Button } from "../../components/Button";
import { Wrong } from "../../components/Wrong";
import { duration } from "../../format";
import { say } from "../../i18n";
import { kinds } from "../../i18n/ceremony";
import { office } from "../../i18n/office";
import type { ItemKind } from "../../protocol";
import { type ItemRow, KINDS, minutesSaid, moved, newItem, placed, sent, type Table, without } from "../../office/table";
import { faultSaid, textOf } from "../RundownImport";
import { Choice } from "../RundownForm";
import type { PartProps } from "./EditForm";
import { Field, Order, TextField, Tick } from "./fields";

export function RundownPart({ table, faults, change }: PartProps) {
  const items = table.rundown ?? [];
  const seconds = (sent(table).rundown ?? []).reduce((sum, item) => sum + (Number(item.minutes) || 0) * 60, 0);
  return (
    <fieldset>
      <legend>{office.rundown}</legend>
      <p class="hint">
        {office.rundownHint} {items.length > 0 && office.total(duration(seconds * 1000))}
      </p>
      {items.length === 0 && <p>{office.noItems}</p>}
      <ol class="rows items" data-path="rundown" tabIndex={-1}>
        {items.map((item, place) => (
          <li key={place} aria-label={office.item(place + 1)}>
            <b class="n">{place + 1}</b>
            <ItemFields
              item={item}
              path={`rundown.${place}`}
              table={table}
              faults={faults}
              onChange={(next, field) =>
                change({ rundown: placed(items, place, next) }, `rundown.${place}.${field}`)
              }
            />
            <Order
              what={item.title || office.item(place + 1)}
              place={place}
              last={items.length - 1}
              onMove={(to) => change({ rundown: moved(items, place, to) }, "rundown")}
              onRemove={() => change({ rundown: without(items, place) }, "rundown")}
            />
          </li>
        ))}
      </ol>
      <p class="acts">
        <Button icon="plus" testId="add-item" onClick={() => change({ rundown: [...items, newItem()] }, "")}>
          {office.addItem}
        </Button>
        <Import table={table} onItems={(rundown) => change({ rundown }, "rundown")} />
      </p>
    </fieldset>
  );
}

interface ItemProps {
  item: ItemRow;
  path: string;
  table: Table;
  faults: PartProps["faults"];
  onChange: (item: ItemRow, field: string) => void;
}

function ItemFields({ item, path, table, faults, onChange }: ItemProps) {
  const set = (field: keyof ItemRow, value: string | number | boolean): void =>
    onChange({ ...item, [field]: value }, field);
  const places: [string, string][] = [["", office.hub], ...roomChoices(table, item.room ?? "")];
  const points = Array.from({ length: Math.max(table.pact?.points?.length ?? 0, item.point ?? 0) }, (_, i) => String(i + 1));
  return (
    <div class="itemfields">
      <TextField
        label={office.eventTitle}
        class="w-name"
        path={`${path}.title`}
        faults={faults}
        value={item.title}
        onInput={(title) => set("title", title)}
      />
      <TextField
        label={office.minutes}
        class="w-cap"
        path={`${path}.minutes`}
        faults={faults}
        value={minutesSaid(item.minutes)}
        onInput={(minutes) => set("minutes", minutes)}
      />
      <Field label={office.kind} path={`${path}.kind`} faults={faults} class="w-kind">
        {(id) => (
          <Choice
            id={id}
            value={item.kind}
            options={KINDS.map((kind) => [kind, kinds[kind as ItemKind]])}
            onPick={(kind) => set("kind", kind)}
          />
        )}
      </Field>
      <Field label={office.room} path={`${path}.room`} faults={faults} class="w-kind">
        {(id, look) => (
          <div class={look === "input" ? undefined : "bad-choice"}>
            <Choice id={id} value={item.room ?? ""} options={places} onPick={(room) => set("room", room)} />
          </div>
        )}
      </Field>
      <details>
        <summary>{office.notes}</summary>
        <TextField
          label={office.notes}
          path={`${path}.notes`}
          faults={faults}
          rows={3}
          value={item.notes}
          onInput={(notes) => set("notes", notes)}
        />
        <Field label={office.point} path={`${path}.point`} faults={faults}>
          {(id) => (
            <Choice
              id={id}
              value={String(item.point ?? 0)}
              options={[["0", office.noPoint], ...points.map((n): [string, string] => [n, n])]}
              onPick={(point) => set("point", Number(point))}
            />
          )}
        </Field>
        <Tick label={office.hush} on={item.hush ?? false} onChange={(hush) => set("hush", hush)} />
      </details>
    </div>
  );
}

/** A room that is no more stays chosen, as its code, until another one is. */
function roomChoices(table: Table, chosen: string): [string, string][] {
  const known = table.rooms.map((room): [string, string] => [room.code, room.short_name || room.name || room.code]);
  const lost = chosen && chosen !== table.hub.code && !known.some(([code]) => code === chosen);
  return lost ? [...known, [chosen, chosen]] : known;
}

function Import({ table, onItems }: { table: Table; onItems: (items: ItemRow[]) => void }) {
  const field = useRef<HTMLInputElement>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const take = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    const text = await textOf(file);
    if (field.current) field.current.value = ""; // the same file once more, corrected
    if (!text.ok) return setWrong(text.why);
    const known = [table.hub, ...table.rooms].map((room, place) => ({
      code: room.code,
      name: room.name,
      title: room.name,
      short_name: room.short_name ?? "",
      abbr: room.abbr ?? "",
      hub: place === 0,
    }));
    const read = readRundown(text.text, known);
    const [first] = read.wrong;
    setWrong(first ? faultSaid(first) : null);
    if (first) return;
    onItems(
      read.items.map(({ id: _, planned_s, room, ...item }) => ({ ...item, room: room ?? "", minutes: planned_s / 60 })),
    );
  };
  return (
    <>
      <input
        ref={field}
        class="vh"
        type="file"
        accept=".csv,text/csv"
        tabIndex={-1}
        aria-label={office.importCsv}
        data-testid="office-csv"
        onChange={(event) => void take(event.currentTarget.files?.[0])}
      />
      <Button icon="doc" onClick={() => field.current?.click()}>
        {office.importCsv}
      </Button>
      <Wrong text={wrong} />
    </>
  );
}
