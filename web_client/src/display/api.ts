// The address of the hall's display. Both reject with what `isTrouble` knows.

import { json, objectUrl } from "../http";

export async function displayLink(): Promise<string> {
  return (await json<{ url: string }>("me/display")).url;
}

/** The address of the QR code's picture, to be released by who shows it. */
export function displayPicture(): Promise<string> {
  return objectUrl("/api/v1/me/display.svg");
}
