/** A moderator's voice in every hall: held, or switched, by key and by button. */
import { computed } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { trackOf } from "../capture";
import { focusOf } from "../control/keys";
import { soundFlows } from "../media";
import type { Text } from "../protocol";
import { command, isRefusal, link, me, tell, view } from "../store";
import { Hold } from "./hold";

const NO_MICROPHONE: Text = {
  id: "Mikrofon tidak dapat dipakai, jadi tidak ada yang akan mendengar. Izinkan mikrofon di peramban, lalu coba lagi.",
  en: "The microphone cannot be used, so nobody would hear. Allow it in the browser, then try again.",
};

/** off; begun and on its way; the halls hear. */
export type Announcing = "off" | "begins" | "on";

export const announcing = computed<Announcing>(() => {
  const said = view.value?.conference.announcement;
  if (!said || said.device !== me.value?.device?.id) return "off";
  return soundFlows.value ? "on" : "begins";
});

/** Who else announces; null: nobody. */
export const announcedBy = computed<string | null>(() => {
  const said = view.value?.conference.announcement;
  return said && said.device !== me.value?.device?.id ? said.by : null;
});

const hold = new Hold();

export function pressDown(): void {
  const on = announcing.value !== "off";
  if (!on && trackOf("microphone") === null) return tell(NO_MICROPHONE);
  send(hold.down(on, performance.now()) === "begin");
}

export function letGo(): void {
  if (hold.up(performance.now())) send(false);
}

function send(on: boolean): void {
  if (link.value.state !== "open") return; // the server ends it by itself
  command({ type: "announce.set", on }).catch((error: unknown) => {
    hold.forget();
    if (!isRefusal(error)) throw error;
  });
}

/** A page that is not looked at hears no key come up: then it is let go. */
export function useLettingGo(key: string): void {
  const held = useRef(false);
  useEffect(() => {
    const down = (event: KeyboardEvent): void => {
      const free = !event.ctrlKey && !event.altKey && !event.metaKey;
      const focus = focusOf(document.activeElement);
      if (event.key.toLowerCase() === key && free && focus !== "typing" && focus !== "dialog") held.current = true;
    };
    const up = (event?: KeyboardEvent): void => {
      if (!held.current || (event && event.key.toLowerCase() !== key)) return;
      held.current = false;
      letGo();
    };
    const away = (): void => up();
    addEventListener("keydown", down);
    addEventListener("keyup", up);
    addEventListener("blur", away);
    document.addEventListener("visibilitychange", away);
    return () => {
      removeEventListener("keydown", down);
      removeEventListener("keyup", up);
      removeEventListener("blur", away);
      document.removeEventListener("visibilitychange", away);
    };
  }, [key]);
}
