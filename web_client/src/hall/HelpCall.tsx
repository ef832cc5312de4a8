import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { Icon } from "../components/Icon";
import { Wrong } from "../components/Wrong";
import { useSend } from "../control/useSend";
import { time, type Zone } from "../format";
import { say } from "../i18n";
import { common } from "../i18n/common";
import { hall as words } from "../i18n/hall";
import type { RoomView, Text } from "../protocol";
import { tell } from "../store";
import { cancelHelp, quickWords, wasCancelled } from "./state";

const LONGEST = 300;
const ANSWERED: Text = {
  id: "Panggilan teknisi ditanggapi. Bila belum ada yang menghubungi ruang ini, panggil lagi.",
  en: "The call for a technician was answered. If nobody gets in touch with this hall, call again.",
};

/** Among the controls; while a call stands it says so. */
export function HelpButton({ room, onPress }: { room: RoomView; onPress: () => void }) {
  const called = room.help !== null;
  return (
    <button
      class={called ? "btn help called" : "btn help"}
      type="button"
      data-testid="help-open"
      title={words.callHelp}
      aria-keyshortcuts="t"
      onClick={onPress}
    >
      <Icon name="phone" />
      <span class="two">
        {called ? words.technicianIs : words.call}{" "}
        <small>{called ? words.called : words.technician}</small>
      </span>
    </button>
  );
}

/** A row of its own while the hall waits for somebody. */
export function HelpRow({ room, zone }: { room: RoomView; zone: Zone }) {
  useAnswer(room.help !== null);
  const { help } = room;
  return (
    <div role="status" class={help ? "help-row" : "vh"} data-testid="help-row">
      {help && (
        <>
          <Icon name="phone" />
          <p>
            <b>{words.helpWaiting(time(help.at, zone, false))}</b>
            {help.text && ` · ${help.text}`}
          </p>
          <Button class="sm" testId="help-cancel" onClick={cancelHelp}>
            {words.helpCancel}
          </Button>
        </>
      )}
    </div>
  );
}

/** Tells the hall that somebody took its call. */
function useAnswer(waiting: boolean): void {
  const before = useRef(waiting);
  useEffect(() => {
    const answered = before.current && !waiting && !wasCancelled();
    before.current = waiting;
    if (answered) tell(ANSWERED);
  }, [waiting]);
}

interface HelpDialogProps {
  room: RoomView;
  onClose: () => void;
}

/** One press on what has happened, or a few words, or neither. */
export function HelpDialog({ room, onClose }: HelpDialogProps) {
  const [text, setText] = useState(room.help?.text ?? "");
  const { send, busy, refused } = useSend();
  const call = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (await send({ type: "help.call", room: room.code, text: text.trim() })) onClose();
  };
  return (
    <Dialog title={words.callHelp} onClose={onClose} testId="help">
      <form class="help-form" noValidate onSubmit={call}>
        <fieldset class="roles">
          <legend class="label">{words.helpWhat}</legend>
          {quickWords().map((said) => (
            <Button key={said} pressed={text === said} onClick={() => setText(said)}>
              {said}
            </Button>
          ))}
        </fieldset>
        <div class="field">
          <label class="vh" for="help-text">
            {words.helpWhat}
          </label>
          <input
            id="help-text"
            class={refused ? "input is-bad" : "input"}
            maxLength={LONGEST}
            autocomplete="off"
            value={text}
            data-testid="help-text"
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <p class="hint">{words.helpOptional}</p>
          <Wrong text={refused && say(refused)} />
        </div>
        <div class="ends">
          <Button onClick={onClose}>{common.cancel}</Button>
          <button
            type="submit"
            class="btn primary"
            aria-disabled={busy || undefined}
            data-testid="help-call"
          >
            <Icon name="phone" />
            {words.call}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
