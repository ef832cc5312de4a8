// What the organizer's page asks of the server.

import { ask, download, good, HttpProblem, objectUrl } from "../http";
import type { Phase, Text } from "../protocol";
import type { Table } from "./table";

export interface Listed {
  id: string;
  title: string;
  /** file: of the server's configuration, changed there alone. */
  origin: "file" | "office";
  archived: boolean;
  /** null: archived, or its file is wrong. */
  phase: Phase | null;
  starts_at: number | null;
  timezone: string;
  timezone_label: string;
  rooms: number;
  devices: number;
  wrong: Text | null;
}

export interface Opened {
  listed: Listed;
  table: Table;
  version: string;
}

export type LinkRole =
  | "moderator"
  | "technician"
  | "operator"
  | "observer"
  | "tester"
  | "encoder"
  | "player"
  | "embed"
  | "door";

/** Times are Unix ms. */
export interface LinkRow {
  link: string;
  role: LinkRole;
  room: string | null;
  name: string;
  issued_at: number;
  expires_at: number;
  revoked_at: number | null;
  url: string;
  token: string;
  devices: number;
  /** It is for one browser. */
  once: boolean;
  /** When that came first. */
  used_at: number | null;
  /** Until when another may come in its place. */
  until: number | null;
  /** Who has this role signs in at `url`. */
  sign_in: boolean;
}

export interface Noted {
  at: number;
  by: string;
  role: string;
  what: string;
  links: string[];
}

export interface Fault {
  place: (string | number)[];
  text: Text;
}

/** What was sent was not kept: what is wrong, by field. */
export class Faulty extends Error {
  constructor(readonly faults: Fault[]) {
    super("faults");
  }
}

const BASE = "/api/v1/office";

/** All below reject with what http.isTrouble knows. */
async function json<T>(path: string, more: RequestInit = {}): Promise<T> {
  return (await good(await ask(`${BASE}/${path}`, more))).json() as Promise<T>;
}

function put(body: unknown): RequestInit {
  return { method: "PUT", body: JSON.stringify(body) };
}

export function conferences(): Promise<{ you: string; now: number; conferences: Listed[] }> {
  return json("conferences");
}

export async function example(): Promise<Table> {
  return (await json<{ table: Table }>("example")).table;
}

export function open(id: string): Promise<Opened> {
  return json(`conferences/${id}`);
}

/** `version` null: it is to be made. Rejects with Faulty too. */
export async function save(id: string, table: Table, version: string | null): Promise<{ version: string }> {
  const answer = await ask(`${BASE}/conferences/${encodeURIComponent(id)}`, put({ table, version }));
  if (answer.status !== 422) return (await good(answer)).json() as Promise<{ version: string }>;
  const text = await answer.text();
  const { faults } = JSON.parse(text) as { faults?: Fault[] };
  throw faults ? new Faulty(faults) : new HttpProblem(422, text.slice(0, 2000));
}

export async function archive(id: string, on: boolean): Promise<void> {
  await json(`conferences/${id}/${on ? "archive" : "restore"}`, { method: "POST" });
}

export function links(id: string): Promise<{ now: number; links: LinkRow[] }> {
  return json(`conferences/${id}/links`);
}

export async function revoke(id: string, link: string): Promise<void> {
  await json(`conferences/${id}/links/${link}/revoke`, { method: "POST" });
}

export async function renew(id: string, link: string): Promise<void> {
  await json(`conferences/${id}/links/${link}/renew`, { method: "POST" });
}

/** The next browser that opens a one-time link has it; or `on` false: the first one keeps it. */
export async function release(id: string, link: string, on: boolean): Promise<void> {
  await json(`conferences/${id}/links/${link}/${on ? "release" : "hold"}`, { method: "POST" });
}

export async function expire(id: string, link: string, at: number): Promise<void> {
  await json(`conferences/${id}/links/${link}/expiry`, put({ at }));
}

export async function record(id: string): Promise<Noted[]> {
  return (await json<{ entries: Noted[] }>(`conferences/${id}/record`)).entries;
}

export function qrAddress(id: string, link: string): Promise<string> {
  return objectUrl(`${BASE}/conferences/${id}/links/${link}/qr.svg`);
}

/** `file`: join.pdf, links.csv, minutes.pdf and so on; `room`: of one room alone. */
export function fetchFile(id: string, file: string, lang: string, room?: string | null): Promise<void> {
  const asked = new URLSearchParams(room ? { lang, room } : { lang });
  return download(`${BASE}/conferences/${id}/${file}?${asked}`, file);
}
