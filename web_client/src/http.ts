// HTTP with the page's own link. The token goes in a header: addresses end in logs.

import { save } from "./blobs";
import { say } from "./i18n";
import { http } from "./i18n/http";
import type { Text } from "./protocol";
import { addressOf } from "./servers";
import { readToken } from "./token";

const ANSWER_MS = 20_000;

/** An answer that is no success. `text`: what the server said of it. */
export class HttpProblem extends Error {
  constructor(
    readonly status: number,
    readonly text: string,
  ) {
    super(`${status} ${text}`);
  }
}

/** Network trouble and refusals of the server; other errors are ours. */
export function isTrouble(error: unknown): boolean {
  return error instanceof HttpProblem || error instanceof TypeError || error instanceof DOMException;
}

/** The sentence for the person: the server's own where it gave one. */
export function troubleSaid(error: unknown): string {
  if (!(error instanceof HttpProblem)) return http.unreached;
  const text = sentenceOf(error.text);
  if (text) return say(text);
  return error.status === 404 ? http.missing : http.failed(error.status);
}

function sentenceOf(body: string): Text | null {
  try {
    const { text } = JSON.parse(body) as { text?: Partial<Text> };
    return text?.id && text.en ? { id: text.id, en: text.en } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null; // a plain word, or a page of a proxy
    throw error;
  }
}

/** All below reject with what `isTrouble` knows. */
export async function json<T>(path: string): Promise<T> {
  return (await get(`/api/v1/${path}`)).json() as Promise<T>;
}

export async function get(url: string): Promise<Response> {
  return good(await ask(url));
}

/** Any answer, also one that is no success. `waitMs`: how long until it has come whole. */
export function ask(url: string, more: RequestInit = {}, waitMs = ANSWER_MS): Promise<Response> {
  const headers = { ...more.headers, Authorization: `Bearer ${readToken()}` };
  return fetch(addressOf(url), { ...more, headers, signal: AbortSignal.timeout(waitMs) });
}

export async function good(answer: Response): Promise<Response> {
  if (!answer.ok) throw new HttpProblem(answer.status, (await answer.text()).slice(0, 2000));
  return answer;
}

/** The address of what was fetched, for an image; to be released by who shows it. */
export async function objectUrl(url: string): Promise<string> {
  return URL.createObjectURL(await (await get(url)).blob());
}

/** Saves it as a file: a plain link could not carry the token. */
export async function download(url: string, name: string, waitMs = ANSWER_MS): Promise<void> {
  const answer = await good(await ask(url, {}, waitMs));
  save(fileName(answer.headers.get("Content-Disposition")) ?? name, await answer.blob());
}

/** RFC 6266, the plain form. */
export function fileName(header: string | null): string | null {
  return /filename="?([^";]+)"?/.exec(header ?? "")?.[1] ?? null;
}
