import { useId, useState } from "preact/hooks";
import { Button } from "../components/Button";
import { Wrong } from "../components/Wrong";
import { useSend } from "../control/useSend";
import { say } from "../i18n";
import { common } from "../i18n/common";
import { control } from "../i18n/control";
import type { RoomView } from "../protocol";

interface AllowProps {
  room: RoomView;
  onDone: () => void;
}

/** More persons than the cap, with a reason that goes into the journal. */
export function Allow({ room, onDone }: AllowProps) {
  const [limit, setLimit] = useState(String(Math.max(room.limit, room.count ?? 0, room.cap + 1)));
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const { send, refused } = useSend();
  const [limitId, reasonId] = [useId(), useId()];
  const wrongLimit = tried && !isLimit(limit, room.cap) ? control.limitTooLow(room.cap) : null;
  const wrongReason = tried && !reason.trim() ? control.reasonMissing : null;
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (!isLimit(limit, room.cap) || !reason.trim()) return;
    const allowed = { limit: Number(limit), reason: reason.trim() };
    if (await send({ type: "count.allow", room: room.code, ...allowed })) onDone();
  };
  return (
    <form class="allow" onSubmit={submit} noValidate>
      <div class="field">
        <label for={limitId}>{control.allowTo}</label>
        <Wrong text={wrongLimit} />
        <input
          id={limitId}
          class={wrongLimit ? "input is-bad" : "input"}
          inputMode="numeric"
          value={limit}
          onInput={(event) => setLimit(event.currentTarget.value)}
        />
      </div>
      <div class="field">
        <label for={reasonId}>{control.reason}</label>
        <Wrong text={wrongReason} />
        <input
          id={reasonId}
          class={wrongReason ? "input is-bad" : "input"}
          maxLength={500}
          value={reason}
          ref={focusOnce}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </div>
      <Wrong text={refused && say(refused)} />
      <div class="bt">
        <button type="submit" class="btn" data-testid="allow-yes">
          {control.allow}
        </button>
        <Button look="quiet" onClick={onDone}>
          {common.cancel}
        </Button>
      </div>
    </form>
  );
}

function isLimit(text: string, cap: number): boolean {
  return /^[0-9]{1,3}$/.test(text.trim()) && Number(text) > cap;
}

/** Stable, so that it runs when the field appears and never again. */
function focusOnce(field: HTMLInputElement | null): void {
  field?.focus();
}
