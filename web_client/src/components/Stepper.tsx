import { common } from "../i18n/common";
import type { CountTone } from "./count";
import { Icon } from "./Icon";

interface StepperProps {
  /** Persons; null: nobody has said anything, an en dash. */
  value: number | null;
  cap: number;
  tone?: CountTone;
  onAdd: (by: 1 | -1) => void;
  label?: string;
}

/** Head count with minus and plus. Never blocked: a refusal is a sentence, not a dead button. */
export function Stepper({ value, cap, tone = "plain", onAdd, label = common.countName }: StepperProps) {
  return (
    <span class={`stepper ${tone}`} role="group" aria-label={label}>
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
