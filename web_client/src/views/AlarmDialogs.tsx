import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { sourcesSaid } from "../components/estimate";
import { Wrong } from "../components/Wrong";
import { alarmNow, type Asking, type RoomAlarm } from "../control/alarms";
import { useSend } from "../control/useSend";
import { say } from "../i18n";
import { alarm as words, reasons } from "../i18n/alarm";
import { common } from "../i18n/common";
import type { AlarmKind, View } from "../protocol";
import { alarmTitle } from "./AlarmCard";
import { Allow } from "./Allow";

interface AlarmDialogProps {
  asking: Asking;
  seen: View;
  onClose: () => void;
}

/** The question that an alarm's button asks, over the page. */
export function AlarmDialog({ asking, seen, onClose }: AlarmDialogProps) {
  const room = seen.rooms.find((one) => one.code === asking.code);
  if (!room) return null;
  if (asking.what === "mark") {
    return <MarkDialog asking={asking} now={alarmNow(seen, asking.code, asking.kind)} onClose={onClose} />;
  }
  return (
    <Dialog title={words.allowAsk(room.title)} onClose={onClose}>
      <p class="muted">{sourcesSaid(room)}</p>
      <Allow room={room} onDone={onClose} />
    </Dialog>
  );
}

/** What is at hand to be said of it. */
const SUGGESTED: Record<AlarmKind, (keyof typeof reasons)[]> = {
  over: ["medics", "phoned", "leaving", "portraits"],
  mismatch: ["portraits", "screen", "phoned", "passing"],
};

interface MarkDialogProps {
  asking: Asking & { what: "mark" };
  /** The alarm as it stands; null: it has ended, and another moderator has marked it. */
  now: RoomAlarm | null;
  onClose: () => void;
}

function MarkDialog({ asking, now, onClose }: MarkDialogProps) {
  const [title] = useState(() => (now ? alarmTitle(now) : ""));
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const { send, busy, refused } = useSend();
  const field = useRef<HTMLInputElement>(null);
  const [id, form] = [useId(), useId()];
  useEffect(() => field.current?.focus(), []);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setTried(true);
    const said = reason.trim();
    if (!said) return field.current?.focus();
    const { code: room, kind } = asking;
    if (await send({ type: "count.acknowledge", room, kind, reason: said })) onClose();
  };
  const choose = (said: string): void => {
    setReason(said);
    field.current?.focus();
  };
  const wrong = refused ? say(refused) : tried && !reason.trim() ? words.reasonMissing : null;
  return (
    <Dialog
      title={words.markAsk(now?.room.title ?? asking.code)}
      onClose={onClose}
      ends={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <button type="submit" form={form} class="btn primary" aria-disabled={busy || undefined} data-testid="mark-yes">
            {words.mark}
          </button>
        </>
      }
    >
      <p>{now ? title : words.gone}</p>
      <form id={form} class="field" noValidate onSubmit={submit} data-testid="mark-form">
        <label for={id}>{words.reason}</label>
        <span class="hint">{words.reasonHint}</span>
        <Wrong text={wrong} />
        <input
          id={id}
          ref={field}
          class={wrong ? "input is-bad" : "input"}
          maxLength={500}
          autocomplete="off"
          value={reason}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </form>
      <div class="picks">
        {SUGGESTED[asking.kind].map((name) => (
          <Button key={name} class="sm" onClick={() => choose(reasons[name])}>
            {reasons[name]}
          </Button>
        ))}
      </div>
    </Dialog>
  );
}
