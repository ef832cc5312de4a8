import { useState } from "preact/hooks";
import type { Text } from "../protocol";
import type { Outcome } from "./outbox";

export interface Asked {
  /** Runs one act; a refusal stands in `refused` until the next. */
  ask: (act: () => Promise<Outcome>) => Promise<Outcome | null>;
  busy: boolean;
  refused: Text | null;
}

/** For a row or a form: says what was refused where the person works. */
export function useOutcome(): Asked {
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Text | null>(null);
  const ask = async (act: () => Promise<Outcome>): Promise<Outcome | null> => {
    if (busy) return null;
    setBusy(true);
    setRefused(null);
    try {
      const outcome = await act();
      if (typeof outcome === "object") setRefused(outcome);
      return outcome;
    } finally {
      setBusy(false);
    }
  };
  return { ask, busy, refused };
}
