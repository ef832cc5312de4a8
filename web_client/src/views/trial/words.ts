// Sentences of the trial pages that are put together from several words.

import { decimal, time, type Zone } from "../../format";
import { lang, say } from "../../i18n";
import { numberWord, trial } from "../../i18n/trial";
import type { ConferenceView, RunView } from "../../protocol";
import { type ColumnName, dayAgo, type Go, lowerFirst, untilWords, withoutFigures } from "../../trial/board";

export interface GoWords {
  /** In colour; empty for a sentence of one part. */
  lead: string;
  rest: string;
}

export function goWords(go: Go): GoWords {
  const why = go.worst ? lowerFirst(withoutFigures(say(go.worst.readiness.why))) : "";
  const named = go.worst ? trial.blockedBy(go.worst.title, why) : "";
  switch (go.kind) {
    case "ready":
      return { lead: "", rest: trial.allReady(numberWord(go.all, lang.value)) };
    case "attention":
      return { lead: trial.canStart, rest: named };
    case "blocked":
      return { lead: trial.blocked, rest: named };
    case "untested":
      if (go.untested === go.all) return { lead: trial.blocked, rest: `${trial.noneTested}.` };
      return { lead: trial.untestedHead, rest: `${trial.untestedRooms(someNames(go.names))}.` };
  }
}

/** As many as fit a headline. */
const NAMED = 4;

function someNames(names: string[]): string {
  if (names.length <= NAMED) return names.join(", ");
  const shown = names.slice(0, NAMED - 1).join(", ");
  return trial.andMore(shown, names.length - NAMED + 1);
}

export function countWords(go: Go): string {
  const parts = [trial.nReady(go.ready)];
  if (go.attention) parts.push(trial.nAttention(go.attention));
  if (go.notReady) parts.push(trial.nNotReady(go.notReady));
  if (go.untested) parts.push(trial.nUntested(go.untested));
  return `${parts.join(", ")}.`;
}

export function sessionWords(conference: ConferenceView, now: number): string {
  if (conference.phase === "live") return trial.sessionNow;
  if (conference.phase === "closed") return trial.sessionOver;
  const { starts_at } = conference;
  if (starts_at === null) return "";
  const at = time(starts_at, conference, false);
  if (starts_at <= now) return trial.sessionSince(at);
  return trial.session(at, untilWords(starts_at - now, lang.value));
}

/** `Hari ini 07:21`; the zone stands in the bar. */
export function whenWords(at: number, now: number, zone: Zone): string {
  const [clock = ""] = time(at, zone, false).split(" ");
  const day = dayAgo(at, now, zone);
  if (day === "today") return trial.today(clock);
  return day === "yesterday" ? trial.yesterday(clock) : trial.onDay(day, clock);
}

export function runWords(run: RunView, now: number, zone: Zone): string {
  if (run.state === "running") return trial.running(time(run.started_at, zone), run.by);
  const when = (at: number) => lowerFirst(whenWords(at, now, zone));
  if (run.state === "stopped") return trial.stopped(when(run.started_at), run.by);
  if (run.state === "broken") return trial.broken(when(run.started_at), run.by);
  return trial.ended(when(run.ended_at ?? run.started_at), run.by);
}

const DIGITS: Record<ColumnName, number> = { rtt: 0, loss: 1, up: 1, down: 1, mos: 2 };

/** `0,31`: below one megabit two places, so that a weak line can be told from a dead one. */
export function cellWords(name: ColumnName, value: number | null, more: boolean): string {
  if (value === null) return "–";
  const small = (name === "up" || name === "down") && value < 1;
  return `${more ? "≥ " : ""}${decimal(value, small ? 2 : DIGITS[name], lang.value)}`;
}
