import { signal } from "@preact/signals";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { listed, LONGEST_CUE, readOf } from "../ceremony/cues";
import { newId } from "../ceremony/rundown";
import { Button } from "../components/Button";
import { Icon } from "../components/Icon";
import { Wrong } from "../components/Wrong";
import { isOpen, wall } from "../control/state";
import type { Act } from "../control/useAct";
import { useSend } from "../control/useSend";
import { time } from "../format";
import { say } from "../i18n";
import { ceremony, quick } from "../i18n/ceremony";
import { control } from "../i18n/control";
import type { CueView, View } from "../protocol";
import { Choice } from "./RundownForm";

interface MessagesProps {
  seen: View;
  act: Act;
}

/** What is being written outlives a look at another panel. */
export const draft = signal({ text: "", room: "" });

const asked = signal(false);

/** The panel is asked for: once it is shown its field has the focus. Only then: one that comes back
 * from behind a room would take the space bar away. */
export function toWrite(): void {
  asked.value = true;
}

/** Messages to the halls: written above, below it who has read which. */
export function MessagesPanel({ seen, act }: MessagesProps) {
  const cues = listed(seen);
  return (
    <div class="messages">
      {seen.conference.phase !== "closed" && <Compose seen={seen} />}
      {cues.length === 0 && <p class="none muted">{ceremony.noMessages}</p>}
      <ul class="ev" aria-live="polite">
        {cues.map((cue) => (
          <li key={cue.id} data-cue={cue.id}>
            <Message cue={cue} seen={seen} act={act} />
          </li>
        ))}
      </ul>
    </div>
  );
}

const QUICK = Object.keys({
  ready: 1, stand: 1, sit: 1, closer: 1, quieter: 1, podium: 1, mute: 1, shorter: 1,
} satisfies Record<keyof typeof quick, 1>) as (keyof typeof quick)[]; // prettier-ignore

function Compose({ seen }: { seen: View }) {
  const { text, room } = draft.value;
  const [tried, setTried] = useState(false);
  const [id] = [useRef(newId())];
  const { send, busy, refused } = useSend();
  const field = useRef<HTMLInputElement>(null);
  const [textId, toId] = [useId(), useId()];
  const wanted = asked.value;
  // A layout effect: what is typed right behind the key that asked for it is text, no other key's act.
  useLayoutEffect(() => {
    if (!wanted) return;
    asked.value = false;
    field.current?.focus();
  }, [wanted]);
  const blocked = isOpen(seen.conference.phase) ? null : control.notOpen;
  const set = (changes: Partial<typeof draft.value>): void => {
    draft.value = { ...draft.value, ...changes };
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setTried(true);
    const said = text.trim();
    if (!said || blocked) return field.current?.focus();
    const sent = await send({ type: "cue.send", cue: id.current, text: said, room: room || null });
    if (!sent) return; // sent once more it has the same id: it cannot arrive twice
    id.current = newId();
    setTried(false);
    set({ text: "" });
  };
  const wrong = refused ? say(refused) : tried && !text.trim() ? ceremony.sayEmpty : null;
  return (
    <form class="compose" noValidate onSubmit={submit} data-testid="compose">
      <label class="vh" for={toId}>
        {ceremony.sayTo}
      </label>
      <Choice
        id={toId}
        value={room}
        options={[["", ceremony.allRooms], ...wall(seen.rooms).map((one): [string, string] => [one.code, one.title])]}
        onPick={(code) => set({ room: code })}
      />
      <label class="vh" for={textId}>
        {ceremony.say}
      </label>
      <Wrong text={wrong} />
      <div class="line">
        <input
          id={textId}
          ref={field}
          class={wrong ? "input is-bad" : "input"}
          maxLength={LONGEST_CUE}
          autocomplete="off"
          placeholder={ceremony.say}
          title={ceremony.sayHow}
          value={text}
          onInput={(event) => set({ text: event.currentTarget.value })}
        />
        <button
          type="submit"
          class="btn"
          aria-disabled={busy || blocked ? true : undefined}
          title={blocked ?? undefined}
          data-testid="cue-send"
        >
          {ceremony.send}
        </button>
      </div>
      <div class="picks">
        {QUICK.map((name) => (
          <Button
            key={name}
            class="sm"
            onClick={() => {
              set({ text: quick[name] });
              field.current?.focus();
            }}
          >
            {quick[name]}
          </Button>
        ))}
      </div>
    </form>
  );
}

function Message({ cue, seen, act }: { cue: CueView } & MessagesProps) {
  const { read, all, missing } = readOf(seen, cue);
  const to = seen.rooms.find((room) => room.code === cue.room)?.title ?? ceremony.allRooms;
  const done = missing.length === 0;
  const one = done ? ceremony.readOne : ceremony.unreadOne;
  return (
    <>
      <p class="hd">
        <span>{cue.text}</span>
      </p>
      <p class="muted">{ceremony.sentTo(to, time(cue.at, seen.conference, false), cue.by)}</p>
      <p class={done ? "green" : "amber"} data-testid="cue-read">
        <Icon name={done ? "check" : "wait"} /> {cue.room === null ? ceremony.readBy(read, all) : one}
      </p>
      {!done && cue.room === null && (
        <p class="muted">{ceremony.unreadBy(missing.map((room) => room.short_name).join(", "))}</p>
      )}
      <div class="bt">
        <Button icon="x" class="sm" testId="cue-withdraw" onClick={() => act({ type: "cue.withdraw", cue: cue.id })}>
          {ceremony.withdraw}
        </Button>
      </div>
    </>
  );
}
