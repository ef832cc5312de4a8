// What the other desks did, as they do it: the last ones, and how each is said.

import { signal } from "@preact/signals";
import { ceremony, marks } from "../i18n/ceremony";
import { deedWords as words } from "../i18n/deeds";
import { levels } from "../i18n/fallback";
import type { Deed, FallbackLevel, RollStatus, View } from "../protocol";

const MOST = 20;
/** So long a deed stands over the programme, ms. */
export const FRESH_MS = 8_000;

/** Newest first. */
export const deeds = signal<Deed[]>([]);

export function takeDeed(deed: Deed): void {
  deeds.value = [deed, ...deeds.value].slice(0, MOST);
}

/** The newest one while it is fresh. */
export function freshDeed(now: number): Deed | null {
  const last = deeds.value[0];
  return last && now - last.at < FRESH_MS ? last : null;
}

/** Whether another desk has moved on within this time, ms: a hand that struck at once with it meant the same step. */
export function movedOnBy(now: number, within: number): boolean {
  return deeds.value.some(({ act, at }) => STEPS.has(act) && now - at < within);
}

const STEPS = new Set(["rundown.advance", "floor.give"]);

/** With who did it; null for what this page has no words for. */
export function deedSaid(deed: Deed, seen: View): string | null {
  const said = SAID[deed.act]?.(deed, nameOf(deed, seen));
  if (said === undefined) return null;
  return deed.by === seen.you.name ? words.byTwin(said, deed.by) : words.by(said, deed.by);
}

function nameOf({ room }: Deed, seen: View): string {
  return seen.rooms.find((one) => one.code === room)?.title ?? ceremony.allRooms;
}

type Said = (deed: Deed, name: string) => string;

const SAID: Partial<Record<string, Said>> = {
  "rundown.advance": ({ what }) => (what ? words.advance(what) : words.finished),
  "rundown.undo": ({ what }) => (what ? words.undone(what) : words.undoneAll),
  "rundown.skip": ({ what, on }) => (on ? words.skipped(what) : words.unskipped(what)),
  "rundown.pause": ({ on }) => (on ? words.paused : words.resumed),
  "rundown.edit": () => words.edited,
  "floor.give": (_, name) => words.given(name),
  "floor.take": () => words.taken,
  "floor.cue": (_, name) => words.cued(name),
  "floor.undo": () => words.floorUndone,
  "hand.lower": (_, name) => words.lowered(name),
  "hand.move": (_, name) => words.moved(name),
  "mic.mute": (_, name) => words.muted(name),
  "mic.ask": (_, name) => words.asked(name),
  "mic.mute_all": () => words.mutedAll,
  "mic.lock": ({ on }, name) => (on ? words.locked(name) : words.unlocked(name)),
  "spotlight.beside": ({ room }, name) => (room ? words.beside(name) : words.besideEnd),
  "spotlight.pin": ({ room }, name) => (room ? words.pinned(name) : words.unpinned),
  "spotlight.black": ({ on }) => (on ? words.black : words.blackEnd),
  "presentation.show": ({ what }, name) => (what === "document" ? words.documents(name) : words.screen(name)),
  "presentation.end": () => words.presentationEnd,
  "roll.mark": ({ what }, name) => (what ? words.marked(name, marks[what as RollStatus]) : words.unmarked(name)),
  "roll.take": () => words.rolled,
  "cue.send": ({ what }, name) => words.sent(name, what),
  "cue.withdraw": () => words.withdrawn,
  "announce.set": ({ on }) => (on ? words.announcing : words.announced),
  "help.answer": (_, name) => words.answered(name),
  "pact.edit": () => words.pactEdited,
  "pact.show": ({ what }) => (what === "0" ? words.hidden : words.shown(what)),
  "pact.open": ({ on }) => (on ? words.opened : words.closed),
  "pact.strike": (_, name) => words.struck(name),
  "pact.name": ({ what }, name) => words.named(name, what),
  "pact.unname": (_, name) => words.unnamed(name),
  "pact.witnesses": (_, name) => words.witnesses(name),
  "count.allow": ({ what }, name) => words.allowed(name, what),
  "count.acknowledge": ({ what }, name) => words.acknowledged(name, what),
  "count.ask_reduce": ({ on }, name) => (on ? words.reduce(name) : words.reduceEnd(name)),
  "fallback.pin": ({ what }, name) =>
    what ? words.planned(name, levels[what as FallbackLevel]) : words.unplanned(name),
  "readiness.override": ({ on }, name) => (on ? words.overridden(name) : words.gateBack(name)),
  "device.admit": (_, name) => words.admitted(name),
  "device.remove": () => words.removed,
  "recording.start": () => words.recording,
  "recording.stop": () => words.recordingEnd,
  "broadcast.start": () => words.broadcast,
  "broadcast.stop": () => words.broadcastEnd,
  "phase.set": ({ what }) => (what === "lobby" ? words.lobby : what === "live" ? words.live : words.ended),
};
