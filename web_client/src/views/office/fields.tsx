import { useId } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "../../components/Icon";
import { Wrong } from "../../components/Wrong";
import { say } from "../../i18n";
import { office } from "../../i18n/office";
import type { Faults } from "../../office/table";

interface FieldProps {
  label: string;
  /** Where it stands in the table: `rooms.3.cap`. */
  path: string;
  faults: Faults;
  hint?: string;
  class?: string;
  children: (id: string, look: string) => ComponentChildren;
}

/** A field with its label; what is wrong with it stands above it. */
export function Field({ label, path, faults, hint, class: look, children }: FieldProps) {
  const id = useId();
  const wrong = faults[path];
  return (
    <div class={look ? `field ${look}` : "field"} data-path={path}>
      <label for={id}>{label}</label>
      {hint && <span class="hint">{hint}</span>}
      <Wrong text={wrong ? say(wrong) : null} />
      {children(id, wrong ? "input is-bad" : "input")}
    </div>
  );
}

interface TextProps extends Omit<FieldProps, "children"> {
  value: string | number | undefined;
  onInput: (text: string) => void;
  type?: "text" | "datetime-local";
  inputMode?: "numeric" | "text";
  rows?: number;
  readOnly?: boolean;
}

/** One line of text, or several where `rows` says so. */
export function TextField({ value, onInput, type = "text", inputMode, rows, readOnly, ...field }: TextProps) {
  const said = value === undefined ? "" : String(value);
  const typed = { value: said, onInput: (event: { currentTarget: { value: string } }) => onInput(event.currentTarget.value) };
  return (
    <Field {...field}>
      {(id, look) =>
        rows ? (
          <textarea id={id} class={look} rows={rows} {...typed} />
        ) : type === "datetime-local" ? (
          <input id={id} class={look} type="datetime-local" {...typed} />
        ) : (
          <input id={id} class={look} inputMode={inputMode} autocomplete="off" readOnly={readOnly} {...typed} />
        )
      }
    </Field>
  );
}

interface TickProps {
  label: string;
  on: boolean;
  onChange: (on: boolean) => void;
}

export function Tick({ label, on, onChange }: TickProps) {
  return (
    <label class="tick">
      <input type="checkbox" checked={on} onChange={(event) => onChange(event.currentTarget.checked)} />
      {label}
    </label>
  );
}

interface OrderProps {
  what: string;
  place: number;
  last: number;
  onMove: (to: number) => void;
  onRemove: (() => void) | null;
}

/** Up, down, away: of an element of a list. */
export function Order({ what, place, last, onMove, onRemove }: OrderProps) {
  return (
    <span class="order">
      <IconButton icon="up" label={office.up(what)} off={place === 0} onClick={() => onMove(place - 1)} />
      <IconButton icon="down" label={office.down(what)} off={place === last} onClick={() => onMove(place + 1)} />
      <IconButton icon="bin" label={office.remove(what)} off={!onRemove} onClick={() => onRemove?.()} />
    </span>
  );
}

interface IconButtonProps {
  icon: IconName;
  label: string;
  off?: boolean;
  onClick: () => void;
}

function IconButton({ icon, label, off = false, onClick }: IconButtonProps) {
  return (
    <button
      type="button"
      class="btn quiet icon"
      aria-label={label}
      title={label}
      aria-disabled={off || undefined}
      onClick={off ? undefined : onClick}
    >
      <Icon name={icon} />
    </button>
  );
}
