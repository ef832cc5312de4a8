import { useState } from "preact/hooks";
import type { CommandBody, Text } from "../protocol";
import { isRefusal, quietCommand } from "../store";

export interface Sender {
  /** True when it is done; else `refused` says why not. */
  send: (body: CommandBody) => Promise<boolean>;
  busy: boolean;
  refused: Text | null;
}

/** For dialogues and forms: what is refused stands beside what was typed, which stays. */
export function useSend(): Sender {
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Text | null>(null);
  const send = async (body: CommandBody): Promise<boolean> => {
    if (busy) return false;
    setBusy(true);
    setRefused(null);
    try {
      await quietCommand(body);
      return true;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      setRefused(error.text);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { send, busy, refused };
}
