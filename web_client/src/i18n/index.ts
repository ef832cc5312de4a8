// The two languages of the interface. Words live beside the pages that speak them: `define` takes
// both lists at once, so that none can be forgotten, and gives back the one that is spoken now.

import { effect, signal } from "@preact/signals";
import type { Language, Text } from "../protocol";

const KEY = "vicon.lang";

function remembered(): Language {
  return globalThis.localStorage?.getItem(KEY) === "en" ? "en" : "id";
}

/** The language spoken now; kept for the next visit of this browser. */
export const lang = signal<Language>(remembered());

effect(() => {
  globalThis.localStorage?.setItem(KEY, lang.value);
  if (globalThis.document) document.documentElement.lang = lang.value;
});

export function switchLanguage(): void {
  lang.value = lang.value === "id" ? "en" : "id";
}

type Words = Record<string, string | ((...values: never[]) => string)>;
type Spoken<T> = { readonly [K in keyof T]: T[K] extends string ? string : T[K] };

/** `t.join` is a sentence, `t.turn(3)` one with a value; both follow `lang` when a page reads them. */
export function define<T extends Words>(words: { id: T; en: Spoken<T> }): Spoken<T> {
  return new Proxy(words.id as Spoken<T>, {
    get: (_, name) => words[lang.value][name as keyof T],
  });
}

/** A sentence that the server sent in both languages. */
export function say(text: Text): string {
  return text[lang.value];
}
