import { office } from "../../i18n/office";
import { Choice } from "../RundownForm";
import type { PartProps } from "./EditForm";
import { Field, TextField, Tick } from "./fields";

export function PactPart({ table, faults, change }: PartProps) {
  const pact = table.pact ?? {};
  const set = (field: string, value: string | string[]): void =>
    change({ pact: { ...pact, [field]: value } }, `pact.${field}`);
  return (
    <fieldset>
      <legend>{office.pact}</legend>
      <p class="hint">{office.pactHint}</p>
      <TextField
        label={office.pactTitle}
        path="pact.title"
        faults={faults}
        value={pact.title}
        onInput={(text) => set("title", text)}
      />
      <TextField
        label={office.preamble}
        path="pact.preamble"
        faults={faults}
        rows={3}
        value={pact.preamble}
        onInput={(text) => set("preamble", text)}
      />
      <TextField
        label={office.points}
        path="pact.points"
        faults={faults}
        rows={10}
        value={(pact.points ?? []).join("\n\n")}
        onInput={(text) => set("points", text ? text.split("\n\n") : [])}
      />
      <TextField
        label={office.closing}
        path="pact.closing"
        faults={faults}
        rows={2}
        value={pact.closing}
        onInput={(text) => set("closing", text)}
      />
    </fieldset>
  );
}

export function RulesPart({ table, faults, change }: PartProps) {
  const rules = table.policy ?? {};
  const set = (field: string, value: string | boolean): void =>
    change({ policy: { ...rules, [field]: value } }, `policy.${field}`);
  return (
    <fieldset data-path="policy" tabIndex={-1}>
      <legend>{office.rules}</legend>
      <div class="cols">
        <Field label={office.admission} path="policy.admission" faults={faults}>
          {(id) => (
            <Choice
              id={id}
              value={String(rules.admission ?? "open")}
              options={[["open", office.admissionOpen], ["ask", office.admissionAsk]]}
              onPick={(admission) => set("admission", admission)}
            />
          )}
        </Field>
        <Field label={office.over} path="policy.over" faults={faults}>
          {(id) => (
            <Choice
              id={id}
              value={String(rules.over ?? "warn")}
              options={[
                ["warn", office.overWarn],
                ["lock_mic", office.overLock],
                ["refuse_floor", office.overFloor],
              ]}
              onPick={(over) => set("over", over)}
            />
          )}
        </Field>
      </div>
      <Tick label={office.muteOnJoin} on={rules.mute_on_join === true} onChange={(on) => set("mute_on_join", on)} />
      <Tick label={office.muteLock} on={rules.mute_lock === true} onChange={(on) => set("mute_lock", on)} />
      <Tick
        label={office.once}
        on={rules.hall_links === "once"}
        onChange={(on) => set("hall_links", on ? "once" : "many")}
      />
      <Tick label={office.gate} on={rules.gate === true} onChange={(on) => set("gate", on)} />
    </fieldset>
  );
}
