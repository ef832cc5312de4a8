import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Button } from "../components/Button";
import { Count } from "../components/Count";
import { Icon } from "../components/Icon";
import { Wrong } from "../components/Wrong";
import { say } from "../i18n";
import { attendance as words } from "../i18n/attendance";
import type { ExpectedView, RoomView, View } from "../protocol";
import "../styles/attendance.css";
import { EnterForm } from "./EnterForm";
import { EntryRow, Named } from "./EntryRow";
import { awaitedOf, type Entry, entriesOf, leftOf, presentOf, search } from "./list";
import { Refusals } from "./Refusals";
import { enterExpected, myName, pendingActs, type Person } from "./state";
import { UndoBar, useUndo } from "./Undo";
import { useOutcome } from "./useOutcome";

interface ListProps {
  room: RoomView;
  seen: View;
  /** In the room's own page, or at the desk. */
  desk?: boolean;
}

/** A room's list: who is there, who is to come, who left; with everything that is done to it. */
export function AttendanceList({ room, seen, desk = false }: ListProps) {
  const [typed, setTyped] = useState("");
  const [entering, setEntering] = useState<Person | "new" | null>(null);
  const [undo, offer] = useUndo();
  const add = useFocusBack(entering === null);
  const { roles } = seen.conference;
  const all = entriesOf(room, pendingActs(), myName());
  const entries = search(all, typed);
  const awaited = awaitedOf(room, all);
  const parts = { present: presentOf(entries), awaited: search(awaited, typed), left: leftOf(entries) };
  const empty = all.length === 0 && awaited.length === 0;
  const row = (entry: Entry) => (
    <EntryRow
      key={entry.id}
      room={room.code}
      entry={entry}
      zone={seen.conference}
      roles={roles}
      onDone={offer}
    />
  );
  return (
    <div class="att" data-testid="attendance">
      <Summary room={room} entries={all} awaited={awaited.length} />
      <div class="tools" ref={add}>
        {!empty && <Find typed={typed} onType={setTyped} />}
        {entering === null && (
          <Button look="primary" icon="plus" testId="person-add" onClick={() => setEntering("new")}>
            {words.add}
          </Button>
        )}
      </div>
      {entering !== null && (
        <EnterForm
          key={entering === "new" ? "new" : entering.name}
          room={room}
          roles={roles}
          awaited={awaited}
          first={entering === "new" ? null : entering}
          onEntered={() => setTyped("")}
          onClose={() => setEntering(null)}
        />
      )}
      <Refusals room={room} onCorrect={setEntering} />
      <UndoBar undo={undo} onDone={() => offer(null)} />
      {empty && entering === null && <Empty desk={desk} />}
      {!empty && entries.length + parts.awaited.length === 0 && (
        <p class="muted none">{words.nobodyFound(typed)}</p>
      )}
      <Part head={words.headPresent} count={parts.present.length} name="present">
        {parts.present.map(row)}
      </Part>
      <Part head={words.headAwaited} count={parts.awaited.length} name="awaited">
        {parts.awaited.map((one, n) => (
          <ExpectedRow key={`${one.name} ${one.institution} ${n}`} room={room.code} expected={one} />
        ))}
      </Part>
      <Part head={words.headLeft} count={parts.left.length} name="left">
        {parts.left.map(row)}
      </Part>
    </div>
  );
}

/** `8 hadir, 3 belum datang, 1 sudah keluar`. */
function Summary({ room, entries, awaited }: { room: RoomView; entries: Entry[]; awaited: number }) {
  const left = leftOf(entries).length;
  const said = [words.present(entries.length - left), words.awaited(awaited), words.left(left)];
  return (
    <p class="sum">
      <span data-testid="attendance-sum">{said.join(", ")}</span>
      <Count room={room} />
    </p>
  );
}

function Find({ typed, onType }: { typed: string; onType: (typed: string) => void }) {
  const id = useId();
  return (
    <span class="find">
      <label class="vh" for={id}>
        {words.find}
      </label>
      <Icon name="find" />
      <input
        id={id}
        class="input"
        type="search"
        placeholder={words.findShort}
        value={typed}
        data-testid="person-find"
        onInput={(event) => onType(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || !typed) return;
          event.stopPropagation(); // what was typed goes first, then what it is typed in
          onType("");
        }}
      />
    </span>
  );
}

interface PartProps {
  head: string;
  count: number;
  name: string;
  children: ComponentChildren;
}

function Part({ head, count, name, children }: PartProps) {
  const id = useId();
  if (count === 0) return null;
  return (
    <section aria-labelledby={id} data-part={name}>
      <h3 id={id}>
        {head} <span class="faint">{count}</span>
      </h3>
      <ul>{children}</ul>
    </section>
  );
}

/** Who is to come, and with one tap has come. */
function ExpectedRow({ room, expected }: { room: string; expected: ExpectedView }) {
  const { ask, refused } = useOutcome();
  return (
    <li data-expected={expected.name}>
      <div class="who">
        <b>{expected.name}</b>
        <span class="muted">{[expected.institution, expected.role].filter(Boolean).join(", ")}</span>
      </div>
      <div class="bt">
        <Button
          class="sm"
          icon="enter"
          testId="expected-enter"
          onClick={() => void ask(() => enterExpected(room, expected))}
        >
          <Named short={words.enter} whole={words.enterOf(expected.name)} />
        </Button>
      </div>
      <Wrong text={refused && say(refused)} />
    </li>
  );
}

/** The button that a form came from has the focus again once the form is gone. */
function useFocusBack(closed: boolean) {
  const box = useRef<HTMLDivElement>(null);
  const before = useRef(closed);
  useEffect(() => {
    if (closed && !before.current) box.current?.querySelector("button")?.focus();
    before.current = closed;
  }, [closed]);
  return box;
}

function Empty({ desk }: { desk: boolean }) {
  return (
    <div class="empty">
      <Icon name="people" />
      <p class="strong">{words.emptyTitle}</p>
      <p class="muted">{desk ? words.emptyDesk : words.emptyRoom}</p>
    </div>
  );
}
