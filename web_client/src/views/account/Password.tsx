import { useId, useState } from "preact/hooks";
import { Wrong } from "../../components/Wrong";
import { account } from "../../i18n/account";

interface PasswordProps {
  label: string;
  name: string;
  complete: "current-password" | "new-password";
  value: string;
  wrong?: string | null;
  hint?: string;
  onInput: (text: string) => void;
}

/** A password that its owner may look at: long ones are typed wrong else. */
export function Password({ label, name, complete, value, wrong = null, hint, onInput }: PasswordProps) {
  const [shown, setShown] = useState(false);
  const [field, note] = [useId(), useId()];
  const typed = {
    id: field,
    name,
    class: wrong ? "input is-bad" : "input",
    autocomplete: complete,
    autocapitalize: "none",
    spellcheck: false,
    "aria-describedby": hint ? note : undefined,
    value,
    onInput: (event: { currentTarget: { value: string } }) => onInput(event.currentTarget.value),
  } as const;
  return (
    <div class="field">
      <label for={field}>{label}</label>
      {hint && (
        <span class="hint" id={note}>
          {hint}
        </span>
      )}
      <Wrong text={wrong} />
      {shown ? <input type="text" {...typed} /> : <input type="password" {...typed} />}
      <label class="tick">
        <input type="checkbox" checked={shown} onChange={(event) => setShown(event.currentTarget.checked)} />
        {account.show}
      </label>
    </div>
  );
}
