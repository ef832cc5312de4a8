// Being in the conference: entering, and entering again when a long absence cost the device.

import { signal } from "@preact/signals";
import type { DeviceView, RoomJoin, Text } from "./protocol";
import { command, isRefusal, link, localNow, me, quietCommand, tell, view } from "./store";
import { retryDelay } from "./media/rules";

/** How this tab entered, or would enter again; null: it only looks. */
let intent: RoomJoin | null = null;
let leaving = false;
let busy = false;
let failures = 0;
let notBefore = 0;

/** True between the click and the answer. */
export const joining = signal(false);
/** This tab has been in the conference and wants to be there again. */
export const staying = signal(false);

/** Rejects with a Refusal; its sentence stands in `notice`. */
export async function joinRoom(body: Omit<RoomJoin, "type">): Promise<void> {
  const wish: RoomJoin = { type: "room.join", ...body };
  joining.value = true;
  try {
    await command(wish);
    intent = wish;
  } finally {
    joining.value = false;
  }
}

/** Leaves the room and only looks from then on. Rejects with a Refusal. */
export async function leaveRoom(): Promise<void> {
  leaving = true;
  try {
    await command({ type: "room.leave" });
    forget();
  } finally {
    leaving = false;
  }
}

function forget(): void {
  intent = null;
  staying.value = false;
}

/** A desk takes its place by itself; an operator's tab after a click, or after a reload. */
export function wishToStay(): void {
  const you = me.value;
  if (!you || leaving) return;
  if (you.device) {
    staying.value = true;
    intent = { ...intent, ...again(you.device) };
  } else if (you.role !== "operator") {
    intent ??= { type: "room.join" };
  }
}

function again(device: DeviceView): RoomJoin {
  const kind = device.kind === "desk" ? "auto" : device.kind;
  return { type: "room.join", kind, label: device.label, shared: device.shared };
}

/** Enters again where the server does not know this device any more. To be called often. */
export async function comeBack(): Promise<void> {
  if (!intent || busy || leaving || joining.value || !mayEnter() || localNow() < notBefore) return;
  busy = true;
  try {
    await quietCommand(intent);
    failures = 0;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    stumble(error.uncertain || LATER.has(error.code), error.text);
  } finally {
    busy = false;
  }
}

function mayEnter(): boolean {
  const phase = view.value?.conference.phase;
  const open = link.value.state === "open" && (phase === "lobby" || phase === "live");
  return open && me.value?.device === null;
}

/** The server cannot now, and says that it will: nobody has to press anything again. */
const LATER: ReadonlySet<string> = new Set(["journal_failed", "busy", "server_full"]);

/** A refusal is final for an operator, who is told; what broke on the way is tried again. */
function stumble(uncertain: boolean, text: Text): void {
  notBefore = localNow() + retryDelay(failures++, Math.random());
  if (uncertain || me.value?.role !== "operator") return;
  forget();
  tell(text);
}
