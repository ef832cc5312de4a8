import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { seconds } from "../ceremony/length";
import { hallOf, itemOf, newId, placed, sameItem } from "../ceremony/rundown";
import { useEdit } from "../ceremony/useEdit";
import { Alert } from "../components/Alert";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { Wrong } from "../components/Wrong";
import { wall } from "../control/state";
import { duration } from "../format";
import { say } from "../i18n";
import { ceremony, kinds } from "../i18n/ceremony";
import { common } from "../i18n/common";
import type { ItemKind, ItemView, View } from "../protocol";

const KINDS: ItemKind[] = ["opening", "roll_call", "speech", "reading", "signing", "free", "closing"];

interface FormProps {
  seen: View;
  /** null: a new one. */
  item: ItemView | null;
  /** Where a new one goes; null: at the end. */
  after: string | null;
  onClose: () => void;
}

/** Everything of an item. What was typed stays, whatever the others change meanwhile. */
export function RundownForm({ seen, item, after, onClose }: FormProps) {
  const [made] = useState<ItemView>(() => item ?? blank());
  const [typed, setTyped] = useState(() => ({ ...made, length: item ? duration(made.planned_s * 1000) : "" }));
  const [known, setKnown] = useState<ItemView | null>(item);
  const [clash, setClash] = useState(false);
  const [tried, setTried] = useState(false);
  const { edit, busy, refused } = useEdit(seen);
  const form = useId();
  const set = (changes: Partial<typeof typed>): void => setTyped({ ...typed, ...changes });
  const wrong = faultsOf(typed);
  const now = itemOf(seen, made.id);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setTried(true);
    const planned = seconds(typed.length);
    if (planned === null || Object.values(wrong).some(Boolean)) return;
    if (known && (!now || !sameItem(now, known))) {
      setKnown(now); // the next time it is meant
      return setClash(true);
    }
    const { length: _, ...rest } = typed;
    const said = { ...rest, title: rest.title.trim().replace(/\s+/g, " "), planned_s: planned };
    if (await edit(placed(seen.rundown.items, said, after))) onClose();
  };
  return (
    <Dialog
      title={item ? ceremony.formEdit : ceremony.formNew}
      class="wide"
      testId="item-dialog"
      onClose={onClose}
      ends={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <button type="submit" form={form} class="btn primary" aria-disabled={busy || undefined} data-testid="item-save">
            {ceremony.save}
          </button>
        </>
      }
    >
      <form id={form} class="item-form" noValidate onSubmit={submit}>
        {clash && (
          <Alert tone="warn" title={ceremony.whoEdited}>
            <p>{now ? ceremony.nowIs(itemSaid(now, seen)) : ceremony.goneMeanwhile}</p>
          </Alert>
        )}
        <Wrong text={refused && say(refused)} />
        <Field label={ceremony.title} wrong={tried ? wrong.title : null}>
          {(id, look) => <TitleInput id={id} look={look} value={typed.title} onInput={(title) => set({ title })} />}
        </Field>
        <div class="pair-of">
          <Field label={ceremony.length} hint={ceremony.lengthHint} wrong={tried ? wrong.length : null}>
            {(id, look) => (
              <input
                id={id}
                class={look}
                autocomplete="off"
                value={typed.length}
                data-testid="item-length"
                onInput={(event) => set({ length: event.currentTarget.value })}
              />
            )}
          </Field>
          <Field label={ceremony.kind}>
            {(id) => (
              <Choice
                id={id}
                value={typed.kind}
                options={KINDS.map((kind) => [kind, kinds[kind]])}
                onPick={(kind) => set({ kind: kind as ItemKind })}
              />
            )}
          </Field>
        </div>
        <div class="pair-of">
          <Field label={ceremony.room}>
            {(id) => (
              <Choice
                id={id}
                value={hallOf(seen, typed)?.code ?? ""}
                options={[["", ceremony.hub], ...wall(seen.rooms).map((room): Option => [room.code, room.title])]}
                onPick={(room) => set({ room: room || null })}
              />
            )}
          </Field>
          {seen.pact && (
            <Field label={ceremony.point}>
              {(id) => (
                <Choice
                  id={id}
                  value={String(typed.point)}
                  options={pointOptions(seen.pact?.points.length ?? 0, typed.point)}
                  onPick={(point) => set({ point: Number(point) })}
                />
              )}
            </Field>
          )}
        </div>
        <label class="tick">
          <input type="checkbox" checked={typed.hush} onChange={(event) => set({ hush: event.currentTarget.checked })} />
          {ceremony.hush}
        </label>
        <Field label={ceremony.notes} wrong={tried ? wrong.notes : null}>
          {(id, look) => (
            <textarea
              id={id}
              class={look}
              rows={3}
              value={typed.notes}
              onInput={(event) => set({ notes: event.currentTarget.value })}
            />
          )}
        </Field>
      </form>
    </Dialog>
  );
}

function blank(): ItemView {
  return { id: newId(), kind: "speech", title: "", planned_s: 180, room: null, notes: "", point: 0, hush: false };
}

function faultsOf(typed: { title: string; length: string; notes: string }) {
  const title = typed.title.trim();
  return {
    title: title && title.length <= 200 ? null : ceremony.titleWrong,
    length: seconds(typed.length) === null ? ceremony.lengthWrong : null,
    notes: typed.notes.length > 2_000 ? ceremony.notesWrong : null,
  };
}

/** A point that the pact does not have any more stays chosen until another one is. */
function pointOptions(points: number, chosen: number): Option[] {
  const all = Array.from({ length: Math.max(points, chosen) }, (_, i): Option => [String(i + 1), String(i + 1)]);
  return [["0", ceremony.pointNone], ...all];
}

function itemSaid(item: ItemView, seen: View): string {
  return [item.title, duration(item.planned_s * 1000), hallOf(seen, item)?.title ?? ceremony.hub].join(" · ");
}

interface FieldProps {
  label: string;
  hint?: string;
  wrong?: string | null;
  children: (id: string, look: string) => ComponentChildren;
}

export function Field({ label, hint, wrong = null, children }: FieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint && <span class="hint">{hint}</span>}
      <Wrong text={wrong} />
      {children(id, wrong ? "input is-bad" : "input")}
    </div>
  );
}

interface TitleProps {
  id: string;
  look: string;
  value: string;
  onInput: (text: string) => void;
}

function TitleInput({ id, look, value, onInput }: TitleProps) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <input
      id={id}
      ref={field}
      class={look}
      autocomplete="off"
      value={value}
      data-testid="item-title"
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  );
}

type Option = [value: string, said: string];

interface ChoiceProps {
  id: string;
  value: string;
  options: Option[];
  onPick: (value: string) => void;
}

export function Choice({ id, value, options, onPick }: ChoiceProps) {
  return (
    <select id={id} class="input" value={value} onChange={(event) => onPick(event.currentTarget.value)}>
      {options.map(([one, said]) => (
        <option key={one} value={one} selected={one === value}>
          {said}
        </option>
      ))}
    </select>
  );
}
