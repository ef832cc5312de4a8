/** The space bar as a key to speak with, where the person has asked for it. */
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { focusOf } from "../control/keys";
import type { RoomView } from "../protocol";
import { micButton } from "../room/state";
import { command, isRefusal, link } from "../store";
import { type MicAct, PushToTalk } from "./push";

const KEY = "vicon.push";

/** Kept for the next visit of this browser. */
export const pushOn = signal(globalThis.localStorage?.getItem(KEY) === "on");

export function setPush(on: boolean): void {
  pushOn.value = on;
  globalThis.localStorage?.setItem(KEY, on ? "on" : "off");
}

/** `able`: the hall is in the session and could speak. */
export function usePush(room: RoomView, able: boolean): void {
  const push = useRef(new PushToTalk()).current;
  const open = link.value.state === "open";
  const now = { room, able, open };
  const latest = useRef(now);
  latest.current = now;
  const send = (type: MicAct | null): void => {
    if (!type) return;
    command({ type, room: latest.current.room.code }).catch((error: unknown) => {
      if (!isRefusal(error)) throw error;
      if (type === "mic.unmute" && !error.uncertain) push.refused();
    });
  };
  useEffect(() => send(push.settle(open)), [open]);
  const wanted = pushOn.value;
  useEffect(() => {
    if (!wanted) return;
    const end = listen({
      down: () => send(push.down(micButton(latest.current.room), latest.current.open && latest.current.able)),
      up: () => send(push.up(latest.current.open)),
    });
    return () => {
      end();
      send(push.up(latest.current.open));
    };
  }, [wanted]);
}

interface Strokes {
  down: () => void;
  up: () => void;
}

/** A page that is not looked at hears no key come up: then it is let go, too. */
function listen({ down, up }: Strokes): () => void {
  let held = false;
  const isOurs = (event: KeyboardEvent): boolean =>
    event.code === "Space" && !(event.ctrlKey || event.altKey || event.metaKey || event.shiftKey);
  const pressed = (event: KeyboardEvent): void => {
    if (!isOurs(event) || (!held && focusOf(document.activeElement) !== "page")) return;
    event.preventDefault(); // neither scrolls nor presses what was last clicked
    if (event.repeat || held) return;
    held = true;
    down();
  };
  const released = (event?: KeyboardEvent): void => {
    if (!held || (event && event.code !== "Space")) return;
    event?.preventDefault();
    held = false;
    up();
  };
  const away = (): void => released();
  addEventListener("keydown", pressed);
  addEventListener("keyup", released);
  addEventListener("blur", away);
  document.addEventListener("visibilitychange", away);
  return () => {
    removeEventListener("keydown", pressed);
    removeEventListener("keyup", released);
    removeEventListener("blur", away);
    document.removeEventListener("visibilitychange", away);
  };
}
