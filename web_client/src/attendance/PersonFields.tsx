import { useId } from "preact/hooks";
import { Wrong } from "../components/Wrong";
import { attendance as words } from "../i18n/attendance";
import type { ExpectedView } from "../protocol";
import { expectedNamed } from "./list";
import type { Person } from "./state";

export const NOBODY: Person = { name: "", institution: "", role: "" };
const LONGEST = 100;

interface FieldsProps {
  person: Person;
  onChange: (person: Person) => void;
  /** What a person may be. */
  roles: readonly string[];
  /** Offered while typing; with the name comes the rest. */
  expected: readonly ExpectedView[];
  wrong: string | null;
  nameRef: (field: HTMLInputElement | null) => void;
}

/** Name, institution and role. */
export function PersonFields({ person, onChange, roles, expected, wrong, nameRef }: FieldsProps) {
  const [nameId, institutionId, namesId, institutionsId] = [useId(), useId(), useId(), useId()];
  const typed = (name: string): void => {
    const known = person.institution || person.role ? null : expectedNamed(expected, name);
    onChange(known ? { name, institution: known.institution, role: known.role } : { ...person, name });
  };
  return (
    <>
      <Wrong text={wrong} />
      <div class="two-fields">
        <div class="field">
          <label for={nameId}>{words.name}</label>
          <input
            id={nameId}
            ref={nameRef}
            class={wrong ? "input is-bad" : "input"}
            list={expected.length > 0 ? namesId : undefined}
            maxLength={LONGEST}
            autocomplete="off"
            value={person.name}
            data-testid="person-name"
            onInput={(event) => typed(event.currentTarget.value)}
          />
        </div>
        <div class="field">
          <label for={institutionId}>{words.institution}</label>
          <input
            id={institutionId}
            class="input"
            list={expected.length > 0 ? institutionsId : undefined}
            maxLength={LONGEST}
            autocomplete="off"
            value={person.institution}
            data-testid="person-institution"
            onInput={(event) => onChange({ ...person, institution: event.currentTarget.value })}
          />
        </div>
      </div>
      <Roles roles={roles} value={person.role} onChange={(role) => onChange({ ...person, role })} />
      <Offered id={namesId} values={expected.map((one) => one.name)} />
      <Offered id={institutionsId} values={expected.map((one) => one.institution)} />
    </>
  );
}

interface RolesProps {
  roles: readonly string[];
  value: string;
  onChange: (role: string) => void;
}

/** One of the conference's roles, or none; one that the list no longer has stays choosable. */
function Roles({ roles, value, onChange }: RolesProps) {
  const group = useId();
  const all = value && !roles.includes(value) ? [...roles, value] : roles;
  return (
    <fieldset class="roles">
      <legend class="vh">{words.role}</legend>
      {["", ...all].map((role) => (
        <label key={role}>
          <input
            type="radio"
            name={group}
            checked={role === value}
            onChange={() => onChange(role)}
          />
          <span>{role || words.noRole}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Offered({ id, values }: { id: string; values: readonly string[] }) {
  const unlike = [...new Set(values.filter(Boolean))];
  if (unlike.length === 0) return null;
  return (
    <datalist id={id}>
      {unlike.map((value) => (
        <option key={value} value={value} />
      ))}
    </datalist>
  );
}
