/** Messages and calls for help of this hall, wired to the store. */
import { computed, signal } from "@preact/signals";
import { hall } from "../i18n/hall";
import { command, isRefusal, myRoom } from "../store";
import { shownCue } from "./cues";

/** Acknowledged on this page, the server's word is on its way. */
const seen = signal<ReadonlySet<string>>(new Set());

export const cueShown = computed(() => {
  const room = myRoom.value;
  return room && shownCue(room.cues, seen.value);
});

/** Gone at once; back again if the server did not take it. */
export function understand(): void {
  const [room, shown] = [myRoom.value, cueShown.value];
  if (!room || !shown) return;
  const cue = shown.cue.id;
  const still = room.cues.map((one) => one.id).filter((id) => seen.value.has(id));
  seen.value = new Set([...still, cue]);
  command({ type: "cue.see", cue, room: room.code }).catch((error: unknown) => {
    seen.value = new Set([...seen.value].filter((id) => id !== cue));
    if (!isRefusal(error)) throw error;
  });
}

/** Cancelled here: nobody has to be told that it was answered. */
let cancelled = false;

export function cancelHelp(): void {
  const room = myRoom.value;
  if (!room) return;
  cancelled = true; // before the answer: the change of the view comes first
  command({ type: "help.answer", room: room.code }).catch((error: unknown) => {
    cancelled = false;
    if (!isRefusal(error)) throw error;
  });
}

/** True once for a call that ended by this page's own wish. */
export function wasCancelled(): boolean {
  const own = cancelled;
  cancelled = false;
  return own;
}

/** Quick words of a call; in the language that is spoken. */
export function quickWords(): string[] {
  return [hall.noSound, hall.frozen, hall.micDead];
}
