import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { onEscape } from "../attendance/escape";
import { Button } from "../components/Button";
import { Wrong } from "../components/Wrong";
import { useSend } from "../control/useSend";
import { say } from "../i18n";
import { common } from "../i18n/common";
import { hall as words } from "../i18n/hall";
import type { CommandBody } from "../protocol";

const LONGEST = 100;

export interface Named {
  name: string;
  office: string;
}

interface NameFormProps {
  /** Of its parts, for tests. */
  name: string;
  first?: Named;
  /** What saving asks of the server. */
  act: (named: Named) => CommandBody;
  /** What removing asks; without it there is nothing to remove. */
  remove?: CommandBody;
  onClose: () => void;
}

/** Name and office of a signatory or witness. What is refused stands above, what was typed stays. */
export function NameForm({ name, first, act, remove, onClose }: NameFormProps) {
  const [named, setNamed] = useState<Named>({ name: first?.name ?? "", office: first?.office ?? "" });
  const [tried, setTried] = useState(false);
  const { send, busy, refused } = useSend();
  const field = useRef<HTMLInputElement>(null);
  const [nameId, officeId] = [useId(), useId()];
  useLayoutEffect(() => field.current?.focus(), []);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (!named.name.trim()) return field.current?.focus();
    const plain = { name: named.name.trim(), office: named.office.trim() };
    if (await send(act(plain))) onClose();
  };
  const drop = async (): Promise<void> => {
    if (remove && (await send(remove))) onClose();
  };
  const missing = tried && !named.name.trim();
  return (
    <form class="person" noValidate onSubmit={submit} onKeyDown={onEscape(onClose)}>
      <Wrong text={refused ? say(refused) : missing ? words.nameMissing : null} />
      <div class="two-fields">
        <div class="field">
          <label for={nameId}>{words.name}</label>
          <input
            id={nameId}
            ref={field}
            class={missing ? "input is-bad" : "input"}
            maxLength={LONGEST}
            autocomplete="off"
            value={named.name}
            data-testid={`${name}-name`}
            onInput={(event) => setNamed({ ...named, name: event.currentTarget.value })}
          />
        </div>
        <div class="field">
          <label for={officeId}>{words.office}</label>
          <input
            id={officeId}
            class="input"
            maxLength={LONGEST}
            autocomplete="off"
            value={named.office}
            data-testid={`${name}-office`}
            onInput={(event) => setNamed({ ...named, office: event.currentTarget.value })}
          />
        </div>
      </div>
      <div class="bt">
        <button
          type="submit"
          class="btn primary"
          aria-disabled={busy || undefined}
          data-testid={`${name}-save`}
        >
          {words.save}
        </button>
        <Button look="quiet" onClick={onClose}>
          {common.cancel}
        </Button>
        {remove && (
          <Button look="danger" icon="bin" class="push" testId={`${name}-remove`} onClick={drop}>
            {words.remove}
          </Button>
        )}
      </div>
    </form>
  );
}
