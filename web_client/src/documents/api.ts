// Minutes and the pact's document, over HTTP. Both reject with what `isTrouble` knows.

import { download } from "../http";
import { lang } from "../i18n";

/** The server writes one document at a time: it may take its turn first. */
const DOCUMENT_MS = 90_000;

export const KINDS = ["pdf", "odt", "json"] as const;
export type Kind = (typeof KINDS)[number];

/** In the language of the page. */
export function downloadMinutes(conference: string, kind: Kind): Promise<void> {
  return download(of(conference, `minutes.${kind}`), `berita-acara-${conference}.${kind}`, DOCUMENT_MS);
}

export function downloadPact(conference: string): Promise<void> {
  return download(of(conference, "pact.pdf"), `pakta-${conference}.pdf`, DOCUMENT_MS);
}

function of(conference: string, path: string): string {
  return `/api/v1/conferences/${encodeURIComponent(conference)}/${path}?lang=${lang.value}`;
}
