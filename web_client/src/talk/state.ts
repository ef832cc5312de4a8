/** Private lines of this page, wired to the store. */
import { computed, effect, signal } from "@preact/signals";
import { closeCapture, openMicrophone, problems, trackOf } from "../capture";
import { newId } from "../ceremony/rundown";
import { startMedia, stopMedia } from "../media";
import { joinRoom, leaveRoom } from "../presence";
import type { CommandBody, LineSide, RoomView, Text } from "../protocol";
import { command, isRefusal, me, tell, view } from "../store";
import { type Known, type OwnLine, ownLines, ringsHere } from "./lines";
import { forgetTexts } from "./texts";

/** Lines that this page has seen standing, and has not put away since. */
const known = signal<Known>(new Map());

export const lines = computed<OwnLine[]>(() => (view.value ? ownLines(view.value, known.value) : []));

effect(() => {
  const fresh = lines.value.filter(({ line }) => line.ended === null && !known.value.has(line.id));
  if (fresh.length === 0) return;
  known.value = new Map([...known.value, ...fresh.map(({ line, side }): [string, LineSide] => [line.id, side])]);
});

/** The microphone is being opened, or the call is on its way. */
export const starting = signal(false);

const NO_MICROPHONE: Text = {
  id: "Mikrofon tidak dapat dipakai. Izinkan mikrofon di peramban lalu panggil lagi, atau tulis saja.",
  en: "The microphone cannot be used. Allow it in the browser and call again, or write instead.",
};

/** An ended one, read. */
export function putAway(id: string): void {
  known.value = new Map([...known.value].filter(([one]) => one !== id));
  forgetTexts(id);
}

/** `room` null: the technicians. Without `voice` to write on alone. */
export function callRoom(room: RoomView | null, voice = true): void {
  for (const { line } of lines.value) if (line.ended !== null) putAway(line.id);
  void attempt(voice, () => ({ type: "line.call", line: newId(), room: room?.code ?? null, voice }));
}

export function ringAgain(own: OwnLine): void {
  void attempt(true, () => ({ type: "line.ring", line: own.line.id }));
}

/** With this device's microphone; a hall that has none hears all the same. */
export function answer(own: OwnLine): void {
  const must = me.value?.role !== "operator";
  void attempt(must, () => ({ type: "line.answer", line: own.line.id }));
}

export function decline(own: OwnLine): void {
  void send({ type: "line.decline", line: own.line.id });
}

export function hangUp(own: OwnLine): void {
  void send({ type: "line.end", line: own.line.id });
}

/** What ends the line by one key: declined while it rings here, put away when it is over. */
export function end(own: OwnLine): void {
  if (own.line.ended !== null) putAway(own.line.id);
  else if (ringsHere(own)) decline(own);
  else hangUp(own);
}

/** Rejects with a Refusal, so that what was typed stays. */
export async function write(own: OwnLine, text: string): Promise<void> {
  await takePlace(false);
  await command({ type: "line.write", line: own.line.id, text });
}

/** Whether it was done; the sentence of a refusal stands in `notice`. */
async function attempt(sound: boolean, body: () => CommandBody): Promise<boolean> {
  if (starting.value) return false;
  starting.value = true;
  try {
    if (!(await takePlace(sound))) {
      tell(NO_MICROPHONE);
      return false;
    }
    return await send(body());
  } catch (error) {
    if (!isRefusal(error)) throw error; // the place was refused, and told
    return false;
  } finally {
    starting.value = false;
  }
}

async function send(body: CommandBody): Promise<boolean> {
  try {
    await command(body);
    return true;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return false;
  }
}

/**
 * A technician's page has neither microphone nor place in the conference until it talks. False: there
 * is no microphone where one is needed. Rejects with a Refusal.
 */
async function takePlace(sound: boolean): Promise<boolean> {
  const technician = me.value?.role === "technician";
  if (technician && sound) await openMicrophone();
  if (sound && (trackOf("microphone") === null || problems.value.microphone !== null)) return false;
  if (!technician) return true;
  if (!me.value?.device) await joinRoom({ kind: "voice" });
  await startMedia();
  return true;
}

/** A technician's page gives back its microphone and its place once it talks no more. */
export function settle(): void {
  const you = me.value;
  if (you?.role !== "technician" || you.device?.kind !== "voice" || starting.value) return;
  const talks = lines.value.some(({ line }) => line.ended === null);
  if (talks) {
    // After a reload, too: the line has stood meanwhile.
    const sound = lines.value.some((own) => own.here || (own.side === "caller" && own.line.voice === "ringing"));
    takePlace(sound).catch((error: unknown) => console.warn("x line:", error));
    return;
  }
  stopMedia();
  closeCapture();
  leaveRoom().catch((error: unknown) => {
    if (!isRefusal(error)) throw error; // it expires by itself
  });
}
