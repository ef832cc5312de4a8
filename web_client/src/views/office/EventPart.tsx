import { Choice } from "../RundownForm";
import { office } from "../../i18n/office";
import type { PartProps } from "./EditForm";
import { Field, TextField } from "./fields";

const ZONES: [zone: string, said: string][] = [
  ["Asia/Jakarta", "WIB (Asia/Jakarta)"],
  ["Asia/Makassar", "WITA (Asia/Makassar)"],
  ["Asia/Jayapura", "WIT (Asia/Jayapura)"],
];

export function EventPart({ table, faults, change, fixed }: PartProps & { fixed: boolean }) {
  const zones = ZONES.some(([zone]) => zone === table.timezone)
    ? ZONES
    : [...ZONES, [table.timezone, table.timezone] as [string, string]];
  return (
    <fieldset>
      <legend>{office.event}</legend>
      <TextField
        label={office.eventTitle}
        path="title"
        faults={faults}
        value={table.title}
        onInput={(title) => change({ title }, "title")}
      />
      <div class="cols">
        <TextField
          label={office.eventId}
          path="id"
          faults={faults}
          hint={fixed ? undefined : office.eventIdHint}
          value={table.id}
          readOnly={fixed}
          onInput={(id) => change({ id }, "id")}
        />
        <Field label={office.zone} path="timezone" faults={faults}>
          {(id) => (
            <Choice
              id={id}
              value={table.timezone}
              options={zones}
              onPick={(timezone) => change({ timezone, timezone_label: "" }, "timezone")}
            />
          )}
        </Field>
        <TextField
          label={office.begins}
          path="starts_at"
          faults={faults}
          hint={office.beginsHint}
          type="datetime-local"
          value={table.starts_at ?? ""}
          onInput={(starts_at) => change({ starts_at }, "starts_at")}
        />
      </div>
    </fieldset>
  );
}
