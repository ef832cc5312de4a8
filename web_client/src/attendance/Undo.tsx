import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../components/Button";
import { Wrong } from "../components/Wrong";
import { say } from "../i18n";
import { attendance as words } from "../i18n/attendance";
import type { Outcome } from "./outbox";
import { useOutcome } from "./useOutcome";

export interface Undo {
  said: string;
  back: () => Promise<Outcome>;
}

/** How long the way back of an act is offered, ms. */
const UNDO_MS = 10_000;

/** The last act's way back, for a while. */
export function useUndo(): [Undo | null, (undo: Undo | null) => void] {
  const [undo, setUndo] = useState<Undo | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const offer = (next: Undo | null): void => {
    clearTimeout(timer.current);
    setUndo(next);
    if (next) timer.current = setTimeout(() => setUndo(null), UNDO_MS);
  };
  return [undo, offer];
}

/** Also where the way back is refused: the place may have been taken meanwhile. */
export function UndoBar({ undo, onDone }: { undo: Undo | null; onDone: () => void }) {
  const { ask, refused } = useOutcome();
  const back = (one: Undo): void => {
    onDone();
    void ask(one.back);
  };
  return (
    <div role="status">
      {undo && (
        <p class="undo-bar" data-testid="undo-bar">
          <span>{undo.said}</span>
          <Button look="quiet" class="sm" icon="undo" testId="undo-person" onClick={() => back(undo)}>
            {words.undo}
          </Button>
        </p>
      )}
      <Wrong text={refused && say(refused)} />
    </div>
  );
}
