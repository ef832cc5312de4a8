// Signing in and out. What rides on the session's cookie carries the session's number too, which
// only a page of this server can have read.

import { HttpProblem, good } from "../http";
import type { Text } from "../protocol";

export type PersonRole = "moderator" | "technician" | "organizer";

/** `conference` is empty for the organizer's page. `starts_at`: Unix ms. */
export interface Place {
  role: PersonRole;
  conference: string;
  title: string;
  starts_at: number | null;
  timezone: string;
  timezone_label: string;
}

/** Times are Unix ms. */
export interface Login {
  id: string;
  made: number;
  seen: number;
  remote: string;
  browser: string;
  mine: boolean;
}

export interface You {
  name: string;
  account: string;
  /** Whether there is a password here that can be changed. */
  password: boolean;
  csrf: string;
  until: number;
  places: Place[];
  sessions: Login[];
}

export interface Found {
  you: You | null;
  /** Name of another way in; empty: there is none. */
  oidc: string;
  now: number;
}

const AT = "/api/v1/account";
/** A password is checked in a tenth of a second, after those of others. */
const ANSWER_MS = 20_000;

/** All below reject with what http.isTrouble knows. */
export async function look(): Promise<Found> {
  const answer = await fetch(AT, { signal: AbortSignal.timeout(ANSWER_MS) });
  return (await good(answer)).json() as Promise<Found>;
}

export async function signIn(name: string, password: string): Promise<Found> {
  return (await post("sign-in", { name, password })).json() as Promise<Found>;
}

export async function signOut(csrf: string): Promise<void> {
  await post("sign-out", {}, csrf);
}

/** The address of the page. */
export async function enter(place: Place, csrf: string): Promise<string> {
  const { role, conference } = place;
  const { url } = (await (await post("enter", { role, conference }, csrf)).json()) as { url: string };
  return url;
}

export async function end(sessions: string[], csrf: string): Promise<void> {
  await post("end", { sessions }, csrf);
}

/** Signs out everywhere, here too. */
export async function changePassword(old: string, fresh: string, csrf: string): Promise<void> {
  await post("password", { old, new: fresh }, csrf);
}

/** Where the provider asks who one is. */
export async function beginOidc(): Promise<string> {
  const { url } = (await (await post("oidc/begin", {})).json()) as { url: string };
  return url;
}

/** Seconds for which the server asked to wait; 0: it did not. */
export function waitOf(error: unknown): number {
  if (!(error instanceof HttpProblem) || error.status !== 429) return 0;
  try {
    const { wait_s } = JSON.parse(error.text) as { wait_s?: number };
    return wait_s ?? 0;
  } catch (broken) {
    if (broken instanceof SyntaxError) return 0;
    throw broken;
  }
}

/** What the server says of a way by a provider that failed (`?kesalahan=`); null: nothing. */
export function failureOf(search: string, table: Record<string, Text>): Text | null {
  const code = new URLSearchParams(search).get("kesalahan");
  return code && Object.hasOwn(table, code) ? (table[code] ?? null) : null;
}

/** `Firefox, Linux` of what a browser calls itself; empty: it does not say. */
export function browserName(agent: string): string {
  const found = BROWSERS.find(([sign]) => agent.includes(sign))?.[1];
  const system = SYSTEMS.find(([sign]) => agent.includes(sign))?.[1];
  return [found, system].filter(Boolean).join(", ");
}

const BROWSERS: [string, string][] = [
  ["Edg/", "Edge"],
  ["OPR/", "Opera"],
  ["Firefox/", "Firefox"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"],
];
const SYSTEMS: [string, string][] = [
  ["Android", "Android"],
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Windows", "Windows"],
  ["Mac OS", "macOS"],
  ["Linux", "Linux"],
];

async function post(path: string, body: unknown, csrf = ""): Promise<Response> {
  const answer = await fetch(`${AT}/${path}`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", ...(csrf && { "X-Vicon-CSRF": csrf }) },
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  return good(answer);
}
