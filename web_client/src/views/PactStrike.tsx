import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { Wrong } from "../components/Wrong";
import { useSend } from "../control/useSend";
import { say } from "../i18n";
import { common } from "../i18n/common";
import { pactWords as words } from "../i18n/pactboard";

export interface Striking {
  room: string;
  signature: string;
  name: string;
}

interface StrikeProps {
  striking: Striking;
  onClose: () => void;
}

/** A mistake in signing: struck out with a reason, never erased. */
export function PactStrike({ striking, onClose }: StrikeProps) {
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
    const { room, signature } = striking;
    if (await send({ type: "pact.strike", room, signature, reason: said })) onClose();
  };
  const wrong = refused ? say(refused) : tried && !reason.trim() ? words.reasonMissing : null;
  return (
    <Dialog
      title={words.strikeAsk(striking.name)}
      onClose={onClose}
      ends={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <button type="submit" form={form} class="btn danger" aria-disabled={busy || undefined} data-testid="strike-yes">
            {words.strikeYes}
          </button>
        </>
      }
    >
      <p>{words.strikeWhy}</p>
      <form id={form} class="field" noValidate onSubmit={submit}>
        <label for={id}>{words.strikeReason}</label>
        <Wrong text={wrong} />
        <input
          id={id}
          ref={field}
          class={wrong ? "input is-bad" : "input"}
          maxLength={500}
          autocomplete="off"
          value={reason}
          data-testid="strike-reason"
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </form>
    </Dialog>
  );
}
