import { useRef } from "preact/hooks";
import { count } from "../i18n/count";
import type { RoomView } from "../protocol";
import { estimateWord } from "./estimate";

/** As `estimateWord`; a camera that was looked at once is waited for, not taken for one that is not. */
export function useEstimate(room: RoomView): string | null {
  const looked = useRef<string | null>(null);
  const word = estimateWord(room);
  if (word !== null) looked.current = room.code;
  return word ?? (looked.current === room.code ? count.stale : null);
}
