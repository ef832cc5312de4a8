/** The QR code of this room's link, drawn by the server. */
import { signal } from "@preact/signals";
import { addressOf } from "../servers";
import { readToken } from "../token";

/** Address of the picture; null until it is there, or when the server could not draw it. */
export const qrPicture = signal<string | null>(null);

const FETCH_MS = 10_000;
let asked = false;

/** Fetched once. The token goes in a header: addresses end in logs. */
export function wantQr(): void {
  if (asked) return;
  asked = true;
  fetchQr().then(
    (address) => (qrPicture.value = address),
    (error: unknown) => {
      asked = false; // the next who wants it tries again
      console.warn("x no QR code:", error);
    },
  );
}

async function fetchQr(): Promise<string> {
  const answer = await fetch(addressOf("/api/v1/me/qr"), {
    headers: { Authorization: `Bearer ${readToken()}` },
    signal: AbortSignal.timeout(FETCH_MS),
  });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return URL.createObjectURL(await answer.blob());
}
