import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../components/Button";
import { say } from "../i18n";
import { attendance as words } from "../i18n/attendance";
import { common } from "../i18n/common";
import { onEscape } from "./escape";
import type { Entry } from "./list";
import { PersonFields } from "./PersonFields";
import { type Person, submitAct } from "./state";
import { useOutcome } from "./useOutcome";

interface EditFormProps {
  room: string;
  entry: Entry;
  roles: readonly string[];
  onStruck: () => void;
  onClose: () => void;
}

/** In the person's own row: a slip of the pen, or a person who never came. */
export function EditForm({ room, entry, roles, onStruck, onClose }: EditFormProps) {
  const { id, name, institution, role } = entry;
  const [person, setPerson] = useState<Person>({ name, institution, role });
  const [tried, setTried] = useState(false);
  const [striking, setStriking] = useState(false);
  const { ask, refused } = useOutcome();
  const field = useRef<HTMLInputElement | null>(null);
  useEffect(() => field.current?.focus(), []);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (!person.name.trim()) return field.current?.focus();
    const outcome = await ask(() => submitAct({ type: "attendance.correct", room, person: id, ...person }));
    if (typeof outcome === "string") onClose();
  };
  const strike = async (): Promise<void> => {
    const outcome = await ask(() => submitAct({ type: "attendance.strike", room, person: id }));
    if (typeof outcome === "string") onStruck();
  };
  const missing = tried && !person.name.trim() ? words.nameMissing : null;
  return (
    <form class="person" noValidate onSubmit={submit} onKeyDown={onEscape(onClose)} data-testid="edit-form">
      <PersonFields
        person={person}
        onChange={setPerson}
        roles={roles}
        expected={[]}
        wrong={refused ? say(refused) : missing}
        nameRef={(one) => (field.current = one)}
      />
      {striking ? (
        <StrikeAsk name={name} onYes={strike} onNo={() => setStriking(false)} />
      ) : (
        <div class="bt">
          <button type="submit" class="btn" data-testid="edit-yes">
            {words.save}
          </button>
          <Button look="quiet" onClick={onClose}>
            {common.cancel}
          </Button>
          <Button look="danger" icon="bin" class="push" testId="strike" onClick={() => setStriking(true)}>
            {words.strike}
          </Button>
        </div>
      )}
    </form>
  );
}

interface StrikeAskProps {
  name: string;
  onYes: () => void;
  onNo: () => void;
}

function StrikeAsk({ name, onYes, onNo }: StrikeAskProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.querySelector<HTMLElement>("button:last-of-type")?.focus(), []);
  return (
    <div class="bt" ref={box} role="group" aria-label={words.strikeAsk(name)}>
      <p class="strong">{words.strikeAsk(name)}</p>
      <Button look="danger" icon="bin" testId="strike-yes" onClick={onYes}>
        {words.strikeYes}
      </Button>
      <Button look="quiet" onClick={onNo}>
        {common.cancel}
      </Button>
    </div>
  );
}
