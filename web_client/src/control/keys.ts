/** Keys of the control room. */
import type { TalkAct } from "../talk/keys";

export type DeskAct = "show" | "undo" | "muteAll" | "lock" | "hub" | "skip" | "pause";
/** Of the panels beside the stage. */
export type PanelAct = "rundown" | "roll" | "messages" | "pact" | "events";
/** Of who is shown beside or instead of the room on air. */
export type ShownAct = "black" | "beside" | "pin" | "present";
/** Of talking beside the programme: to all halls, to the technicians, to the room that is opened. */
export type DeskTalkAct = "announce" | "technician" | "call";
/** Of the most pressing alarm of the head count. */
export type AlarmAct = "mark" | "reduce" | "allow" | "silence";
export type KeyAct =
  | {
      act:
        | (DeskAct | AlarmAct | PanelAct | ShownAct | DeskTalkAct | TalkAct)
        | ("primary" | "close" | "help" | "documents" | "recording" | "broadcast" | "share");
    }
  | { act: "open"; place: number };

/** Keys whose names are no letter. */
const PRINTS: Record<string, string> = { escape: "Esc" };

const letters: Record<string, KeyAct> = {
  " ": { act: "primary" },
  n: { act: "show" },
  z: { act: "undo" },
  m: { act: "muteAll" },
  k: { act: "lock" },
  p: { act: "hub" },
  x: { act: "skip" },
  j: { act: "pause" },
  d: { act: "rundown" },
  h: { act: "roll" },
  o: { act: "messages" },
  i: { act: "pact" },
  e: { act: "events" },
  b: { act: "black" },
  g: { act: "beside" },
  v: { act: "pin" },
  u: { act: "announce" },
  t: { act: "technician" },
  f: { act: "call" },
  y: { act: "answer" },
  w: { act: "write" },
  q: { act: "end" },
  a: { act: "mark" },
  r: { act: "reduce" },
  l: { act: "allow" },
  s: { act: "silence" },
  c: { act: "documents" },
  ".": { act: "recording" },
  ";": { act: "broadcast" },
  ",": { act: "present" },
  "/": { act: "share" },
  escape: { act: "close" },
  "?": { act: "help" },
};

/** All of them in the order in which the list of keys shows them; digits and the space bar beside. */
export const PRINTED: readonly [key: string, act: Exclude<KeyAct["act"], "open">][] = Object.entries(
  letters,
).flatMap(([key, { act }]) => (act === "open" ? [] : [[PRINTS[key] ?? key.toUpperCase(), act]]));

export interface KeyPress {
  key: string;
  repeat: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
}

/** What stands under the keyboard: decides who owns the key. */
export type Focus = "typing" | "dialog" | "control" | "page";

/**
 * A held key acts once; keys with Ctrl, Alt or Meta belong to the browser. While typing and
 * in a dialogue all keys belong there, Escape in the room's form excepted. A control that was
 * reached by keyboard keeps its own space bar.
 */
export function keyAct(press: KeyPress, focus: Focus): KeyAct | null {
  if (press.repeat || press.ctrlKey || press.altKey || press.metaKey) return null;
  const key = press.key.toLowerCase();
  if (focus === "dialog" || (focus === "typing" && key !== "escape")) return null;
  if (focus === "control" && key === " ") return null;
  if (/^[0-9]$/.test(key)) return { act: "open", place: key === "0" ? 10 : Number(key) };
  return letters[key] ?? null;
}

/**
 * Controls that got the focus by a pointer. `:focus-visible` does not tell: it holds from the first
 * key on, and the space bar after a click on a tab would press that tab once more.
 */
const pointed = new WeakSet<EventTarget>();
let byPointer = false;
/** The last key goes from control to control: what gets the focus by it is reached by keyboard. */
let byKey = false;

function noteFocus(): void {
  addEventListener("pointerdown", (event) => {
    [byPointer, byKey] = [true, false];
    const control = event.target instanceof Element && event.target.closest(CONTROL);
    if (control) pointed.add(control);
  }, true);
  addEventListener("keydown", ({ key }) => {
    [byPointer, byKey] = [false, key === "Tab" || key.startsWith("Arrow")];
  }, true);
  // a dialogue that Escape closes gives the focus back: to a control that was clicked it is as before
  addEventListener("focusin", ({ target }) => {
    if (target && byPointer) pointed.add(target);
    else if (target && byKey) pointed.delete(target);
  }, true);
}

const TYPING = "input, textarea, select, [contenteditable]";
const CONTROL = "button, a[href], [role=tab], summary";

export function focusOf(element: Element | null): Focus {
  if (!element) return "page";
  if (element.closest("dialog")) return "dialog";
  if (element.matches(TYPING)) return "typing";
  return element.matches(CONTROL) && !pointed.has(element) ? "control" : "page";
}

if (typeof document !== "undefined") noteFocus();
