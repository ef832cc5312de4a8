import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "../components/Button";
import { hall as words } from "../i18n/hall";
import type { Mark } from "./signing";

/** The server takes no more. */
const LONGEST = 100;

interface TypedProps {
  mark: Extract<Mark, { by: "keyboard" }>;
  /** Of who signs. */
  name: string;
  onMark: (mark: Mark) => void;
  locked: boolean;
  /** What still keeps the person from signing. */
  why: string | null;
  onSign: () => void;
  /** Back to the pad. */
  onPad: () => void;
}

/** In place of the pad, for who cannot use one: the own name is typed, and meant as a signature. */
export function TypedName({ mark, name, onMark, locked, why, onSign, onPad }: TypedProps) {
  const field = useRef<HTMLInputElement>(null);
  const [id, hint] = [useId(), useId()];
  useLayoutEffect(() => field.current?.focus(), []);
  return (
    <div class="typed-name" data-testid="typed">
      <div class="field">
        <label for={id}>{words.typeName(name)}</label>
        <input
          id={id}
          ref={field}
          class="input"
          maxLength={LONGEST}
          autocomplete="off"
          spellcheck={false}
          value={mark.name}
          readOnly={locked}
          aria-describedby={hint}
          data-testid="typed-name"
          onInput={(event) => onMark({ ...mark, name: event.currentTarget.value })}
          onKeyDown={(event) => {
            if (event.key === "Enter") onSign();
          }}
        />
      </div>
      <label class="pick">
        <input
          type="checkbox"
          checked={mark.sure}
          disabled={locked}
          data-testid="typed-sure"
          onChange={(event) => onMark({ ...mark, sure: event.currentTarget.checked })}
        />
        {words.typeSure}
      </label>
      <p class="hint" id={hint}>
        {words.typeNoted}
      </p>
      <div class="bt">
        <Button class="sm" icon="undo" testId="by-pad" onClick={onPad}>
          {words.byPad}
        </Button>
        <p class="why" role="status" data-testid="sign-why">
          {why}
        </p>
      </div>
    </div>
  );
}
