// Times, durations and numbers as the pages print them. Pure: the language is an argument.

import type { Language } from "./protocol";

const LOCALES: Record<Language, string> = { id: "id-ID", en: "en-GB" };
const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(zone: string): Intl.DateTimeFormat {
  let made = clocks.get(zone);
  if (!made) {
    made = new Intl.DateTimeFormat("en-GB", {
      timeZone: zone,
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
    });
    clocks.set(zone, made);
  }
  return made;
}

/** What a time needs of the conference: an IANA zone, and its name as printed (WITA). */
export interface Zone {
  timezone: string;
  timezone_label: string;
}

/** `09:12:40 WITA`, or `09:12 WITA` without seconds. The zone is always written. */
export function time(ms: number, zone: Zone, seconds = true): string {
  const whole = clockOf(zone.timezone).format(ms);
  return `${seconds ? whole : whole.slice(0, 5)} ${zone.timezone_label}`;
}

/** `03:00` in minutes and seconds, `1:03:00` from an hour on. Negative durations count as none. */
export function duration(ms: number): string {
  const all = Math.max(0, Math.floor(ms / 1000));
  const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const two = (n: number): string => String(n).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${two(minutes)}:${two(seconds)}`;
}

/** `0,4` in Indonesian, `0.4` in English. */
export function decimal(value: number, digits: number, lang: Language): string {
  return value.toLocaleString(LOCALES[lang], {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** Whole minutes until then, rounded up; 0 when it has passed. */
export function minutesUntil(then: number, now: number): number {
  return Math.max(0, Math.ceil((then - now) / 60_000));
}

/** `Jumat, 25 September 2020`. */
export function date(ms: number, zone: Zone, lang: Language): string {
  return new Intl.DateTimeFormat(LOCALES[lang], {
    timeZone: zone.timezone,
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
  }).format(ms);
}
