// What the script of the door's page asks of the server (vicon/web/checkin/data.py), and what it is
// told.

import type { Language } from "../protocol";
import type { Kept } from "./kept";

/** As in vicon/web/checkin/view.py. */
export type ServerState = "normal" | "penuh" | "masuk" | "keluar" | "belum" | "tutup";

export interface EntryView {
  person: string;
  visit: number;
  name: string;
  institution: string;
  role: string;
  entered: string;
  left: string;
}

export interface DoorView {
  state: ServerState;
  count: string;
  limit: number;
  taken: number;
  place: number;
  full: boolean;
  line: string;
  title: string;
  crowded: boolean;
  entry: EntryView | null;
}

export interface Said {
  code: string;
  id: string;
  en: string;
  field: "" | "name" | "institution" | "role";
  /** The same may be sent again later. */
  again: boolean;
}

export type Answer =
  | { kind: "done"; view: DoorView }
  | { kind: "refused"; said: Said; view: DoorView | null }
  /** Nobody answered, or not now. `waitMs`: as long as the server asked for. */
  | { kind: "away"; waitMs: number };

/** A request without an answer is given up after this; the server answers a repetition alike. */
const ANSWER_MS = 10_000;

export interface DoorApi {
  look(person: string): Promise<Answer>;
  /** Sends the act of `kept`, which happened `agoMs` ago. */
  send(kept: Kept, agoMs: number): Promise<Answer>;
}

/** `door`: path of the door's page. Its promises never reject. */
export function doorApi(door: string, lang: Language): DoorApi {
  const url = (path: string): string => `${door}/${path}?lang=${lang}`;
  return {
    look: (person) => ask(url(person ? `entries/${person}` : "now")),
    send(kept, agoMs) {
      const { person, name, institution, role, visit, act } = kept;
      if (act?.kind === "leave") return ask(url(`entries/${person}/leave`), { visit, ago_ms: agoMs });
      return ask(url("entries"), { person, name, institution, role, visit, ago_ms: agoMs });
    },
  };
}

async function ask(url: string, body?: object): Promise<Answer> {
  const given = new AbortController();
  const timer = setTimeout(() => given.abort(), ANSWER_MS);
  try {
    const answer = await fetch(url, {
      signal: given.signal,
      cache: "no-store",
      ...(body && {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      }),
    });
    return read(answer, await answer.json());
  } catch {
    // No network, no answer in time, or a page of somebody between: the same to a person here.
    return { kind: "away", waitMs: 0 };
  } finally {
    clearTimeout(timer);
  }
}

function read(answer: Response, body: unknown): Answer {
  if (answer.ok) return { kind: "done", view: body as DoorView };
  const told = body as { said?: Said; now?: DoorView | null };
  if (told.said && !told.said.again) return { kind: "refused", said: told.said, view: told.now ?? null };
  return { kind: "away", waitMs: 1000 * (Number(answer.headers.get("Retry-After")) || 0) };
}
