import { useState } from "preact/hooks";
import { Button } from "../components/Button";
import { Icon } from "../components/Icon";
import { Wrong } from "../components/Wrong";
import { time, type Zone } from "../format";
import { say } from "../i18n";
import { attendance as words } from "../i18n/attendance";
import { EditForm } from "./EditForm";
import type { Entry } from "./list";
import { enterPerson, myName, restoreEntry, submitAct } from "./state";
import type { Undo } from "./Undo";
import { useOutcome } from "./useOutcome";

export interface RowProps {
  room: string;
  entry: Entry;
  zone: Zone;
  roles: readonly string[];
  /** Offers the way back of what was just done. */
  onDone: (undo: Undo) => void;
}

/** A person on the list, present or gone again: what is known, what can be done, and correcting it. */
export function EntryRow({ room, entry, zone, roles, onDone }: RowProps) {
  const [editing, setEditing] = useState(false);
  const { ask, busy, refused } = useOutcome();
  const there = entry.left_at === null;
  const { id: person, name } = entry;
  const keep = () => submitAct({ type: "attendance.keep", room, person });
  const leave = async (): Promise<void> => {
    const outcome = await ask(() => submitAct({ type: "attendance.leave", room, person }));
    if (typeof outcome === "string") onDone({ said: words.leftNow(name), back: keep });
  };
  return (
    <li data-person={person} class={there ? undefined : "gone"}>
      <div class="who">
        <b>{name}</b>
        <span class="muted">{[entry.institution, entry.role].filter(Boolean).join(", ")}</span>
        <span class="faint">{whenSaid(entry, zone)}</span>
      </div>
      <div class="bt">
        <button
          type="button"
          class="btn quiet icon"
          aria-label={words.edit(name)}
          aria-expanded={editing}
          title={words.edit(name)}
          data-testid="person-edit"
          onClick={() => setEditing(!editing)}
        >
          <Icon name="pen" />
        </button>
        {there ? (
          <Button class="sm" blocked={busy ? words.sending : null} testId="person-leave" onClick={leave}>
            <Named short={words.leave} whole={words.leaveOf(name)} />
          </Button>
        ) : (
          <>
            <Button
              class="sm"
              look="quiet"
              icon="undo"
              title={words.keepWhy}
              testId="person-keep"
              onClick={() => void ask(keep)}
            >
              {words.keep}
            </Button>
            <Button
              class="sm"
              testId="person-again"
              onClick={() => void ask(() => enterPerson(room, entry, person))}
            >
              {words.again}
            </Button>
          </>
        )}
      </div>
      <Wrong text={refused && say(refused)} />
      {editing && (
        <EditForm
          room={room}
          entry={entry}
          roles={roles}
          onStruck={() => onDone({ said: words.struck(name), back: () => restoreEntry(room, entry) })}
          onClose={() => setEditing(false)}
        />
      )}
    </li>
  );
}

/** A short word on the button, with the person's name for those who listen. */
export function Named({ short, whole }: { short: string; whole: string }) {
  return (
    <>
      <span aria-hidden="true">{short}</span>
      <span class="vh">{whole}</span>
    </>
  );
}

function whenSaid(entry: Entry, zone: Zone): string {
  const { entered_at, left_at, by, waiting } = entry;
  return [
    words.since(time(entered_at, zone, false)),
    left_at !== null && words.until(time(left_at, zone, false)),
    by === myName() ? "" : by ? words.byWhom(by) : words.byPhone,
    waiting && words.later,
  ]
    .filter(Boolean)
    .join(", ");
}
