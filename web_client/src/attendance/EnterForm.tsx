import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../components/Button";
import { say } from "../i18n";
import { attendance as words } from "../i18n/attendance";
import type { ExpectedView, RoomView } from "../protocol";
import { onEscape } from "./escape";
import { NOBODY, PersonFields } from "./PersonFields";
import { enterPerson, type Person } from "./state";
import { useOutcome } from "./useOutcome";

interface EnterFormProps {
  room: RoomView;
  roles: readonly string[];
  awaited: readonly ExpectedView[];
  /** Who could not be entered later, to be put right; null: a new person. */
  first: Person | null;
  onEntered: () => void;
  onClose: () => void;
}

/** One person after the other: after each the form is empty again, and says who it was. */
export function EnterForm({ room, roles, awaited, first, onEntered, onClose }: EnterFormProps) {
  const [person, setPerson] = useState<Person>(first ?? NOBODY);
  const [tried, setTried] = useState(false);
  const [said, setSaid] = useState("");
  const { ask, busy, refused } = useOutcome();
  const name = useRef<HTMLInputElement | null>(null);
  useEffect(() => name.current?.focus(), []);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setTried(true);
    setSaid("");
    if (!person.name.trim()) return name.current?.focus();
    const outcome = await ask(() => enterPerson(room.code, person));
    name.current?.focus();
    if (outcome === null || typeof outcome === "object") return;
    setSaid((outcome === "done" ? words.entered : words.enteredLater)(person.name.trim()));
    setPerson(NOBODY);
    setTried(false);
    onEntered();
  };
  const missing = tried && !person.name.trim() ? words.nameMissing : null;
  return (
    <form class="person" noValidate onSubmit={submit} onKeyDown={onEscape(onClose)} data-testid="enter-form">
      <PersonFields
        person={person}
        onChange={setPerson}
        roles={roles}
        expected={awaited}
        wrong={refused ? say(refused) : missing}
        nameRef={(field) => (name.current = field)}
      />
      <div class="bt">
        <button type="submit" class="btn primary" aria-disabled={busy || undefined} data-testid="enter-yes">
          {words.enter}
        </button>
        <Button look="quiet" onClick={onClose}>
          {words.done}
        </Button>
        <span class="green" role="status">
          {said}
        </span>
      </div>
    </form>
  );
}
