// The sound of the rooms: one hidden element each, for a browser cancels the echo of those.

import { signal } from "@preact/signals";
import { audioContext } from "./level";
import { isBeside } from "../talk/lines";
import { pressed } from "./press";

/** The browser wants a click before it plays sound. */
export const audioBlocked = signal(false);

const players = new Map<string, HTMLAudioElement>();

/** How loud the programme is under somebody who speaks above it: still to be followed. */
const DUCKED = 0.2;
let programme = 1;

/** Under an announcement or a private line; these themselves are never ducked. */
export function duckProgramme(on: boolean): void {
  programme = on ? DUCKED : 1;
  for (const [slot, player] of players) player.volume = isBeside(slot) ? 1 : programme;
}

let silent = false;

/** For a display beside the page from which the hall's sound comes: two of them would echo. */
export function silence(on: boolean): void {
  silent = on;
  for (const player of players.values()) player.muted = on;
}

/** Plays exactly these. */
export function playSound(sources: Record<string, MediaStream>): void {
  for (const room of players.keys()) if (!(room in sources)) drop(room);
  for (const [room, stream] of Object.entries(sources)) {
    const player = players.get(room) ?? add(room);
    if (player.srcObject === stream) continue;
    player.srcObject = stream;
    begin(player);
  }
}

/** To be called from a click. */
export function resumeAudio(): void {
  audioBlocked.value = false;
  for (const player of players.values()) begin(player);
  audioContext().resume().catch((error: unknown) => console.warn("- sound did not wake:", error));
  pressed();
}

function add(room: string): HTMLAudioElement {
  const player = document.createElement("audio");
  player.dataset.sound = room;
  player.volume = isBeside(room) ? 1 : programme;
  player.muted = silent;
  document.body.append(player);
  players.set(room, player);
  return player;
}

function drop(room: string): void {
  const player = players.get(room);
  players.delete(room);
  if (!player) return;
  player.pause();
  player.srcObject = null;
  player.remove();
}

function begin(player: HTMLAudioElement): void {
  player.play().catch((error: DOMException) => {
    if (error.name === "NotAllowedError") audioBlocked.value = true;
    // AbortError: another source came before this one had begun.
    else if (error.name !== "AbortError") console.warn("- sound did not start:", error.name);
  });
}
