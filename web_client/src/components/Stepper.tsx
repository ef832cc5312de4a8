import { common } from "../i18n/common";
import { Icon } from "./Icon";

interface StepperProps {
  /** Persons; null: nobody has said anything, an en dash. */
  value: number | null;
  cap: number;
  onAdd: (by: 1 | -1) => void;
  label?: string;
}

/** Head count with minus and plus. Never blocked: a refusal is a sentence, not a dead button. */
export function Stepper({ value, cap, onAdd, label = common.countName }: StepperProps) {
  return (
    <span class="stepper" role="group" aria-label={label}>
      <button type="button" aria-label={common.removeOne} onClick={() => onAdd(-1)}>
        <Icon name="minus" />
      </button>
      <output data-count={value ?? ""} aria-live="polite">
        <span>
          {value ?? "–"}
          <small>/{cap}</small>
        </span>
      </output>
      <button type="button" aria-label={common.addOne} onClick={() => onAdd(1)}>
        <Icon name="plus" />
      </button>
    </span>
  );
}
