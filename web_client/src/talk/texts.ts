/** What was written on this page's private lines; kept nowhere but here and on the server. */
import { signal } from "@preact/signals";
import type { LineText } from "../protocol";

/** Of each line its last messages, as the server keeps them. */
const KEPT = 200;
const LINES = 8;

export const texts = signal<Readonly<Record<string, readonly LineText[]>>>({});

/** One message; the same once more, after the link was away, changes nothing. */
export function takeText(message: LineText): void {
  const before = texts.value[message.line] ?? [];
  if (before.some((one) => one.number === message.number)) return;
  const now = [...before, message].sort((a, b) => a.number - b.number).slice(-KEPT);
  const others = Object.entries(texts.value).filter(([line]) => line !== message.line);
  texts.value = Object.fromEntries([...others.slice(1 - LINES), [message.line, now]]);
}

export function forgetTexts(line: string): void {
  const { [line]: _, ...rest } = texts.value;
  texts.value = rest;
}
