import { useState } from "preact/hooks";
import { isTrouble, troubleSaid } from "../../http";

/** One thing at a time that lasts: whether it goes on, and what went wrong with the last one. */
export function useTask() {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const run = async (work: () => Promise<void>): Promise<boolean> => {
    if (busy) return false;
    setBusy(true);
    setWrong(null);
    try {
      await work();
      return true;
    } catch (error) {
      if (!isTrouble(error)) throw error;
      setWrong(troubleSaid(error));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, wrong, setWrong, run };
}
