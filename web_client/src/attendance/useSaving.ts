import { useState } from "preact/hooks";
import { isTrouble, troubleSaid } from "../http";

export interface Saving {
  /** One file at a time. */
  save: (download: () => Promise<void>) => void;
  saving: boolean;
  /** The last one came. */
  saved: boolean;
  /** Why the last one did not come. */
  failed: string | null;
}

/** For buttons that bring a file. */
export function useSaving(): Saving {
  const [saving, setSaving] = useState(false);
  const [saved, setSaved] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const save = (download: () => Promise<void>): void => {
    if (saving) return;
    setSaving(true);
    setSaved(false);
    setFailed(null);
    download()
      .then(() => setSaved(true))
      .catch((error: unknown) => {
        if (!isTrouble(error)) throw error;
        setFailed(troubleSaid(error));
      })
      .finally(() => setSaving(false));
  };
  return { save, saving, saved, failed };
}
