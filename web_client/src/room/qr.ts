/** The QR code of this room's link, drawn by the server. Of a one-time link each is another: good
 * for one device, for a quarter of an hour. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { release } from "../blobs";
import { addressOf } from "../servers";
import { readToken } from "../token";

/** Address of the picture; null until it is there, or when the server could not draw it. */
export const qrPicture = signal<string | null>(null);
/** True: the code is for one device, and the page's own address for none. */
export const qrOnce = signal(false);

const FETCH_MS = 10_000;
let asked = false;

const FRESH_MS = 10 * 60_000;

/** Keeps the code good as long as it is shown; `devices`: how many are in the room, since one more
 * has used it up. */
export function useQr(devices: number): void {
  useEffect(() => {
    wantQr();
    const again = setInterval(() => {
      if (qrOnce.value) wantQr();
    }, FRESH_MS);
    return () => clearInterval(again);
  }, [devices]);
}

/** Fetched once, unless each is another. The token goes in a header: addresses end in logs. */
function wantQr(): void {
  if (asked && !qrOnce.value) return;
  asked = true;
  fetchQr().then(
    (address) => {
      if (qrPicture.value) release(qrPicture.value);
      qrPicture.value = address;
    },
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
  qrOnce.value = answer.headers.get("X-Vicon-Once") === "1";
  return URL.createObjectURL(await answer.blob());
}
