import { Button } from "../../components/Button";
import { Wrong } from "../../components/Wrong";
import { say } from "../../i18n";
import { office } from "../../i18n/office";
import { moved, placed, without } from "../../office/table";
import type { PartProps } from "./EditForm";
import { Order, TextField } from "./fields";

export function CastPart(parts: PartProps) {
  return (
    <fieldset>
      <legend>{office.cast}</legend>
      <p class="hint">{office.castHint}</p>
      <People {...parts} group="moderators" label={office.moderators} add={office.addModerator} least={1} />
      <People {...parts} group="technicians" label={office.technicians} add={office.addTechnician} least={0} />
    </fieldset>
  );
}

interface PeopleProps extends PartProps {
  group: "moderators" | "technicians";
  label: string;
  add: string;
  least: number;
}

function People({ table, faults, change, group, label, add, least }: PeopleProps) {
  const people = table[group] ?? [];
  const wrong = faults[group];
  return (
    <div class="people" data-path={group} tabIndex={-1}>
      <h3>{label}</h3>
      <Wrong text={wrong ? say(wrong) : null} />
      <ol>
        {people.map((one, place) => (
          <li key={place}>
            <TextField
              label={office.person(place + 1)}
              path={`${group}.${place}.name`}
              faults={faults}
              value={one.name}
              onInput={(name) => change({ [group]: placed(people, place, { name }) }, `${group}.${place}.name`)}
            />
            <Order
              what={one.name || office.person(place + 1)}
              place={place}
              last={people.length - 1}
              onMove={(to) => change({ [group]: moved(people, place, to) }, group)}
              onRemove={people.length > least ? () => change({ [group]: without(people, place) }, group) : null}
            />
          </li>
        ))}
      </ol>
      <Button icon="plus" onClick={() => change({ [group]: [...people, { name: "" }] }, group)}>
        {add}
      </Button>
    </div>
  );
}
