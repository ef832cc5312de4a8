// Being in the conference: entering, and entering again when a long absence cost the device.

import { signal } from "@preact/signals";
import type { RoomJoin, View } from "./protocol";
import { command, isRefusal, link, localNow, me, quietCommand, tell, view } from "./store";
import { retryDelay } from "./media/rules";

/** How this tab entered, or would enter again; null: it only looks. */
let intent: RoomJoin | null = null;
let busy = false;
let failures = 0;
let notBefore = 0;

/** True between the click and the answer. */
export const joining = signal(false);

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

/** Leaves the room and only looks from then on. */
export async function leaveRoom(): Promise<void> {
  intent = null;
  await command({ type: "room.leave" });
}

/** A desk takes its place by itself; an operator's tab after a click, or after a reload. */
export function wishToStay(): void {
  const you = me.value;
  if (!you || intent) return;
  if (you.role !== "operator") intent = { type: "room.join" };
  else if (you.device) intent = again(you.device);
}

function again(device: NonNullable<View["you"]["device"]>): RoomJoin {
  const kind = device.kind === "desk" ? "auto" : device.kind;
  return { type: "room.join", kind, label: device.label, shared: device.shared };
}

/** Enters again where the server does not know this device any more. To be called often. */
export async function comeBack(): Promise<void> {
  const phase = view.value?.conference.phase;
  const open = link.value.state === "open" && (phase === "lobby" || phase === "live");
  if (!open || !intent || busy || joining.value || me.value?.device) return;
  if (localNow() < notBefore) return;
  busy = true;
  try {
    await quietCommand(intent);
    failures = 0;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    stumble(error.uncertain, error.text);
  } finally {
    busy = false;
  }
}

/** A refusal is final for an operator, who is told; what broke on the way is tried again. */
function stumble(uncertain: boolean, text: Parameters<typeof tell>[0]): void {
  notBefore = localNow() + retryDelay(failures++, Math.random());
  if (uncertain || me.value?.role !== "operator") return;
  intent = null;
  tell(text);
}
