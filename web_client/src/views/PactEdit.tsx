import { useEffect, useId, useRef, useState } from "preact/hooks";
import { pointsOf, pointsText } from "../ceremony/board";
import { Alert } from "../components/Alert";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { Wrong } from "../components/Wrong";
import { useSend } from "../control/useSend";
import { say } from "../i18n";
import { common } from "../i18n/common";
import { pactWords as words } from "../i18n/pactboard";
import type { View } from "../protocol";
import { Field } from "./RundownForm";

const LONGEST = 2_000;
const MOST_POINTS = 40;

interface EditProps {
  seen: View;
  onClose: () => void;
}

/** The text of the pact, before anybody has signed it. */
export function PactEdit({ seen: { pact }, onClose }: EditProps) {
  const [begun] = useState(pact?.hash ?? "");
  const [typed, setTyped] = useState(() => ({
    title: pact?.title ?? "",
    preamble: pact?.preamble ?? "",
    points: pointsText(pact?.points ?? []),
    closing: pact?.closing ?? "",
  }));
  const [tried, setTried] = useState(false);
  const { send, busy, refused } = useSend();
  const form = useId();
  const first = useRef<HTMLFormElement>(null);
  useEffect(() => first.current?.querySelector("input")?.focus(), []);
  const points = pointsOf(typed.points);
  const wrong = faultsOf(typed, points);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (Object.values(wrong).some(Boolean)) return;
    const document = { ...typed, title: typed.title.trim(), points };
    if (await send({ type: "pact.edit", document })) onClose();
  };
  const area = (name: "preamble" | "points" | "closing", label: string, rows: number, hint?: string) => (
    <Field label={label} hint={hint} wrong={tried ? wrong[name] : null}>
      {(id, look) => (
        <textarea
          id={id}
          class={look}
          rows={rows}
          value={typed[name]}
          data-testid={`pact-${name}`}
          onInput={(event) => setTyped({ ...typed, [name]: event.currentTarget.value })}
        />
      )}
    </Field>
  );
  return (
    <Dialog
      title={words.edit}
      class="wide"
      testId="pact-dialog"
      onClose={onClose}
      ends={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <button type="submit" form={form} class="btn primary" aria-disabled={busy || undefined} data-testid="pact-save">
            {words.save}
          </button>
        </>
      }
    >
      <form id={form} ref={first} class="item-form" noValidate onSubmit={submit}>
        {pact && pact.hash !== begun && <Alert tone="warn" title={words.changed} />}
        <Wrong text={refused && say(refused)} />
        <Field label={words.title} wrong={tried ? wrong.title : null}>
          {(id, look) => (
            <input
              id={id}
              class={look}
              autocomplete="off"
              value={typed.title}
              data-testid="pact-title"
              onInput={(event) => setTyped({ ...typed, title: event.currentTarget.value })}
            />
          )}
        </Field>
        {area("preamble", words.preamble, 2)}
        {area("points", words.pointsText, 8, words.pointsRead(points.length))}
        {area("closing", words.closing, 2)}
      </form>
    </Dialog>
  );
}

function faultsOf(typed: { title: string; preamble: string; closing: string }, points: string[]) {
  const title = typed.title.trim();
  const many = points.length < 1 || points.length > MOST_POINTS;
  const long = (text: string): string | null => (text.length > LONGEST ? words.textWrong : null);
  return {
    title: title && title.length <= 200 ? null : words.titleWrong,
    points: many || points.some((one) => one.length > LONGEST) ? words.pointsWrong : null,
    preamble: long(typed.preamble),
    closing: long(typed.closing),
  };
}
