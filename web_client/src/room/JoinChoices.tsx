import { words } from "../i18n/room";
import type { JoinKind } from "../protocol";
import type { MainCamera } from "./state";

interface KindChoiceProps {
  main: MainCamera;
  chosen: JoinKind;
  onChoose: (kind: JoinKind) => void;
  shared: boolean;
  onShared: (shared: boolean) => void;
}

/** A further device of the hall says what it is. */
export function KindChoice({ main, chosen, onChoose, shared, onShared }: KindChoiceProps) {
  const kinds: { kind: JoinKind; label: string; hint?: string; off?: boolean }[] = [
    main === "lost"
      ? { kind: "main", label: words.takeOver, hint: words.takeOverWhy }
      : { kind: "main", label: words.asMain, hint: words.mainThere, off: true },
    { kind: "document", label: words.asDocument, hint: words.asDocumentHint },
    { kind: "companion", label: words.asCompanion },
  ];
  return (
    <fieldset class="kinds">
      <legend class="label">{words.thisDevice}</legend>
      {kinds.map(({ kind, label, hint, off }) => (
        <label key={kind} class={off ? "pick off" : "pick"}>
          <input
            type="radio"
            name="kind"
            value={kind}
            checked={chosen === kind}
            disabled={off}
            onChange={() => onChoose(kind)}
          />
          <span>
            {label}
            {hint && <span class="hint">{hint}</span>}
          </span>
        </label>
      ))}
      {chosen === "companion" && (
        <label class="pick sub">
          <input
            type="checkbox"
            checked={shared}
            onChange={(event) => onShared(event.currentTarget.checked)}
          />
          <span>{words.shared}</span>
        </label>
      )}
    </fieldset>
  );
}

interface ConsentProps {
  on: boolean;
  onChange: (on: boolean) => void;
}

/** The operator's consent that the microphone opens when the hall gets the floor. */
export function Consent({ on, onChange }: ConsentProps) {
  return (
    <label class="pick switch">
      <input
        type="checkbox"
        role="switch"
        checked={on}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <span>{words.consent}</span>
    </label>
  );
}
