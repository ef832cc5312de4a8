/** The hall's head count as shown and as sent: Tally, wired to the store. */
import { computed, effect, signal } from "@preact/signals";
import type { Text } from "../protocol";
import { command, isRefusal, link, myRoom, press, tell } from "../store";
import { pressed, Tally } from "../tally";

const UNDO_MS = 10_000;

const version = signal(0);
/** Undo is offered for 10 s after a change. */
export const undoOffered = signal(false);
let undoTimer: ReturnType<typeof setTimeout> | undefined;

const tally = new Tally({
  room: () => myRoom.value,
  isOpen: () => link.value.state === "open",
  send: async (by) => {
    const room = myRoom.value;
    if (!room) return;
    await command(pressed(room, by));
    offerUndo();
  },
  isUncertain: (error) => isRefusal(error) && error.uncertain,
  changed: () => (version.value += 1),
});

/** Persons with the presses that are still on their way. */
export const shownCount = computed(() => {
  void version.value;
  return tally.shown();
});

/** Presses that the server does not know yet. */
export const waitingActs = computed(() => {
  void version.value;
  return tally.waiting;
});

effect(() => {
  if (link.value.state === "open" && myRoom.value) void tally.flush();
});

const refusals = {
  full: (limit: number): Text => ({
    id: `Ruang penuh (${limit}/${limit}). Minta izin moderator saat tersambung lagi.`,
    en: `The hall is full (${limit}/${limit}). Ask the moderator once connected again.`,
  }),
  empty: (): Text => ({
    id: "Jumlah orang sudah nol.",
    en: "The head count is zero already.",
  }),
  listed: (): Text => ({
    id: "Mereka ada di daftar hadir. Catat di sana siapa yang keluar; jumlahnya turun sendiri.",
    en: "They are on the attendance list. Note there who left; the count goes down by itself.",
  }),
  too_many: (): Text => ({
    id: "Terlalu banyak tekanan sekaligus. Tunggu sebentar, lalu lanjutkan.",
    en: "Too many presses at once. Wait a moment, then go on.",
  }),
};

export function changeCount(by: 1 | -1): void {
  const outcome = tally.press(by);
  if (outcome !== "taken") tell(refusals[outcome](myRoom.value?.limit ?? 0));
}

function offerUndo(): void {
  clearTimeout(undoTimer);
  undoOffered.value = true;
  undoTimer = setTimeout(() => (undoOffered.value = false), UNDO_MS);
}

export function undoCount(): void {
  const room = myRoom.value;
  undoOffered.value = false;
  if (room) press({ type: "count.undo", room: room.code });
}
