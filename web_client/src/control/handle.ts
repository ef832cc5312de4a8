// What the desk's keys do: the glue between keys.ts and the page.

import { pending } from "../ceremony/rundown";
import { nextMark } from "../ceremony/roll";
import type { CommandBody, View } from "../protocol";
import { nothing } from "../i18n/share";
import { offerToShow } from "../share/state";
import { clock, tell } from "../store";
import { primaryAct, showAct, undoAct } from "./acts";
import { alarmKey, type Ask, isLoud, type RoomAlarm, stands, topAlarm } from "./alarms";
import { talkAct } from "../talk/act";
import { pressDown } from "../talk/announce";
import { callByKey } from "../talk/CallButton";
import type { AlarmAct, DeskAct, DeskTalkAct, KeyAct, PanelAct, ShownAct } from "./keys";
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
  /** Shows one of the panels; the opened room goes. */
  show: (tab: Tab) => void;
  /** The panel that is seen; null: a room is opened over it. */
  shown: Tab | null;
  /** Asks before all goes black, or shows the list of keys or the documents. */
  dialog: (one: DeskDialog) => void;
  /** The code of the room that is opened. */
  opened: string | null;
}

export type Tab = "rundown" | "roll" | "messages" | "pact" | "events";
export type DeskDialog =
  | "end" | "black" | "keys" | "documents" | "recording" | "broadcast" | "screen" | "share"; // prettier-ignore

const PANELS: Record<PanelAct, Tab> = {
  rundown: "rundown",
  roll: "roll",
  messages: "messages",
  pact: "pact",
  events: "events",
};

/** True when the key was ours. */
export function handle(wanted: KeyAct, hands: Hands): boolean {
  const { seen, act } = hands;
  switch (wanted.act) {
    case "primary": {
      const primary = primaryAct(seen);
      const byKey = primary.kind === "next" || primary.kind === "item" || primary.kind === "finish";
      if (byKey) act(primary.body); // to open and to start wants a click
      return true;
    }
    case "open":
      return ofPlace(wanted.place, hands);
    case "close":
      hands.close();
      return false;
    case "rundown":
    case "roll":
    case "messages":
    case "pact":
    case "events":
      hands.show(PANELS[wanted.act]);
      return true;
    case "announce":
    case "technician":
    case "call":
      return ofTalk(wanted.act, hands);
    case "answer":
    case "write":
    case "end":
      return talkAct(wanted.act);
    case "help":
      hands.dialog("keys");
      return true;
    case "documents":
      hands.dialog("documents");
      return true;
    case "recording":
      hands.dialog("recording");
      return true;
    case "broadcast":
      hands.dialog("broadcast");
      return true;
    case "share":
      if (isOpen(seen.conference.phase)) hands.dialog("share");
      return true;
    case "black":
    case "present":
    case "beside":
    case "pin":
      return ofShown(wanted.act, hands);
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

/** A digit opens the room of its tile; on the roll call it marks it. */
function ofPlace(place: number, { seen, act, open, shown }: Hands): boolean {
  const room = wall(seen.rooms)[place - 1];
  if (!room) return false;
  if (shown === "roll" && isOpen(seen.conference.phase)) {
    act({ type: "roll.mark", room: room.code, status: nextMark(room) });
  } else open(room.code);
  return true;
}

/** To all halls, to the technicians, to the room that is opened. */
function ofTalk(wanted: DeskTalkAct, { seen, opened }: Hands): boolean {
  if (!isOpen(seen.conference.phase)) return true;
  if (wanted === "announce") pressDown();
  else if (wanted === "technician") callByKey(seen, null);
  else {
    const room = seen.rooms.find((one) => one.code === opened);
    if (room && !room.hub) callByKey(seen, room);
  }
  return true;
}

/** Beside and pinned: the room that is opened; where none is, what stands is taken back. */
function ofShown(wanted: ShownAct, { seen, act, dialog, opened }: Hands): boolean {
  const { conference } = seen;
  if (!isOpen(conference.phase)) return true;
  if (wanted === "black") {
    if (conference.black) act({ type: "spotlight.black", on: false });
    else dialog("black");
  } else if (wanted === "present") {
    present(seen, act, opened);
  } else if (wanted === "beside") {
    const room = opened === conference.beside ? null : opened;
    act({ type: "spotlight.beside", room });
  } else {
    const room = opened === conference.pinned ? null : opened;
    act({ type: "spotlight.pin", room });
  }
  return true;
}

/** What is presented goes; where nothing is, what is offered comes. */
function present(seen: View, act: Act, opened: string | null): void {
  const offer = offerToShow(seen, opened);
  if (seen.conference.presentation) act({ type: "presentation.end" });
  else if (offer) act({ type: "presentation.show", device: offer.device.id });
  else tell(nothing);
}

/** A key about an alarm that is not in sight shows it first; pressed again it acts. */
function ofAlarm(wanted: AlarmAct, hands: Hands): boolean {
  const top = topAlarm(hands.seen);
  if (!top) return false;
  if (hands.shown !== "events" && !isLoud(top.alarm)) hands.show("events");
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
    case "undo": {
      const undo = undoAct(seen, clock.value);
      return undo.seconds > 0 ? undo.body : null;
    }
    case "skip":
      return skipAct(seen);
    case "pause":
      return pauseAct(seen);
    case "muteAll":
      return { type: "mic.mute_all" };
    case "lock":
      return { type: "mic.lock", on: !conference.mic_lock };
    case "hub":
      return conference.floor === null ? null : { type: "floor.take" };
  }
}

function skipAct(seen: View): CommandBody | null {
  const item = pending(seen)[0];
  return item ? { type: "rundown.skip", item: item.id, on: true } : null;
}

function pauseAct({ conference: { progress } }: View): CommandBody | null {
  return progress.current === null ? null : { type: "rundown.pause", on: progress.paused_at === null };
}
