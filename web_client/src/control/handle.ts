// What the desk's keys do: the glue between keys.ts and the page.

import type { CommandBody, View } from "../protocol";
import { clock } from "../store";
import { primaryAct, showAct, undoSeconds } from "./acts";
import { alarmKey, type Ask, isLoud, type RoomAlarm, stands, topAlarm } from "./alarms";
import type { AlarmAct, DeskAct, KeyAct } from "./keys";
import { silence } from "./siren";
import { isOpen, wall } from "./state";
import type { Act } from "./useAct";

/** What a key can move on the page. */
export interface Hands {
  seen: View;
  act: Act;
  ask: Ask;
  open: (code: string) => void;
  close: () => void;
  /** Shows the tab of events. */
  events: () => void;
  /** The tab of events is seen. */
  listed: boolean;
}

/** True when the key was ours. */
export function handle(wanted: KeyAct, hands: Hands): boolean {
  const { seen, act } = hands;
  switch (wanted.act) {
    case "primary": {
      const primary = primaryAct(seen);
      if (primary.kind === "next") act(primary.body); // to open and to start wants a click
      return true;
    }
    case "open": {
      const room = wall(seen.rooms)[wanted.place - 1];
      if (room) hands.open(room.code);
      return room !== undefined;
    }
    case "close":
      hands.close();
      return false;
    case "events":
      hands.events();
      return true;
    case "mark":
    case "reduce":
    case "allow":
    case "silence":
      return ofAlarm(wanted.act, hands);
    default:
      if (isOpen(seen.conference.phase)) act(deskAct(wanted.act, seen));
      return true;
  }
}

/** A key about an alarm that is not in sight shows it first; pressed again it acts. */
function ofAlarm(wanted: AlarmAct, hands: Hands): boolean {
  const top = topAlarm(hands.seen);
  if (!top) return false;
  if (!hands.listed && !isLoud(top.alarm)) hands.events();
  else alarmAct(wanted, top, hands);
  return true;
}

function alarmAct(wanted: AlarmAct, top: RoomAlarm, { act, ask }: Hands): void {
  const { room, alarm } = top;
  const over = alarm.kind === "over" && stands(alarm);
  if (wanted === "mark") ask({ what: "mark", code: room.code, kind: alarm.kind });
  else if (wanted === "silence") silence(alarmKey(top));
  else if (over && wanted === "allow") ask({ what: "allow", code: room.code });
  else if (over) act({ type: "count.ask_reduce", room: room.code, on: !room.reduce_asked });
}

function deskAct(act: DeskAct, seen: View): CommandBody | null {
  const { conference } = seen;
  switch (act) {
    case "show": {
      const show = showAct(seen);
      return show.kind === "none" ? null : show.body;
    }
    case "undo":
      return undoSeconds(conference.undo_until, clock.value) > 0 ? { type: "floor.undo" } : null;
    case "muteAll":
      return { type: "mic.mute_all" };
    case "lock":
      return { type: "mic.lock", on: !conference.mic_lock };
    case "hub":
      return conference.floor === null ? null : { type: "floor.take" };
  }
}
