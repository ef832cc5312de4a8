// What a trial shows of this page: its own picture and sound, and what comes from the server.

import { signal } from "@preact/signals";

/** The own camera while a trial looks at it. */
export const trialPicture = signal<MediaStream | null>(null);
/** The own microphone while a trial listens to it, 0..1. */
export const trialLevel = signal(0);
/** The picture that the server sends in the media call. */
export const receivedPicture = signal<MediaStream | null>(null);
/** The browser wants a click before the test sound can be heard. */
export const soundBlocked = signal(false);
