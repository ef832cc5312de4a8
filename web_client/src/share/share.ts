// What this page shows of its own: asks the browser for a screen or a second camera, offers it to the
// conference by a guest, and ends both together.

import { computed, signal } from "@preact/signals";
import { inputs, trackOf } from "../capture";
import { say } from "../i18n";
import { endedBy, problems } from "../i18n/share";
import type { PresentationKind, Text, View } from "../protocol";
import { me, press, tell, view } from "../store";
import { Guest } from "./guest";
import { problemOf, type ShareProblem } from "./problems";

/** joining: on its way; offered: the moderator has it; shown: everybody sees it. */
export type ShareStage = "joining" | "offered" | "shown";

export interface Shared {
  kind: PresentationKind;
  stream: MediaStream;
  /** Null until it has joined. */
  device: string | null;
  waiting: boolean;
  publishing: boolean;
}

/** What this page shows; null: nothing. */
export const shared = signal<Shared | null>(null);
/** The browser is being asked. */
export const asking = signal(false);
/** Why the last try came to nothing; null: it did not. */
export const problem = signal<ShareProblem | null>(null);

export const stageOfShare = computed<ShareStage | null>(() => {
  const mine = shared.value;
  if (!mine) return null;
  if (!mine.device || mine.waiting) return "joining";
  const shown = view.value?.conference.presentation;
  return shown?.device === mine.device && shown.live ? "shown" : "offered";
});

/** Cameras beside the one that this page sends. */
export const otherCameras = computed<MediaDeviceInfo[]>(() => {
  const used = trackOf("camera")?.getSettings().deviceId;
  return inputs.value.camera.filter((one) => one.deviceId !== used);
});

export function canShareScreen(): boolean {
  return typeof navigator.mediaDevices?.getDisplayMedia === "function";
}

let guest: Guest | null = null;

const SIDE = { width: { ideal: 1920, max: 1920 }, height: { ideal: 1080, max: 1080 } };

/** A screen or a window: the browser asks which. Never rejects: what failed stands in `problem`. */
export function shareScreen(): Promise<void> {
  return begin("screen", () => {
    if (!canShareScreen()) throw new DOMException("no getDisplayMedia", "NotSupportedError");
    // This very page would be a picture in a picture without end.
    const asked = { selfBrowserSurface: "exclude", surfaceSwitching: "include" };
    const video = { ...SIDE, frameRate: { ideal: 15, max: 30 } };
    return navigator.mediaDevices.getDisplayMedia({ video, audio: false, ...asked });
  });
}

/** A second camera, over documents. Never rejects: what failed stands in `problem`. */
export function shareDocuments(camera: string): Promise<void> {
  return begin("document", () => {
    const video = { ...SIDE, deviceId: { exact: camera }, frameRate: { ideal: 15, max: 30 } };
    return navigator.mediaDevices.getUserMedia({ video, audio: false });
  });
}

async function begin(kind: PresentationKind, open: () => Promise<MediaStream>): Promise<void> {
  if (asking.value || shared.value) return;
  asking.value = true;
  problem.value = null;
  try {
    const stream = await open();
    const [track] = stream.getVideoTracks();
    if (track) offer(kind, stream, track);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    console.info("- share:", error.name);
    problem.value = problemOf(kind, error.name);
  } finally {
    asking.value = false;
  }
}

function offer(kind: PresentationKind, stream: MediaStream, track: MediaStreamTrack): void {
  track.contentHint = "detail";
  // The browser's own button, a window that was closed, a cable that was pulled.
  track.addEventListener("ended", () => {
    if (shared.value?.stream !== stream) return;
    stopSharing();
    tell(endedBy[kind]);
  });
  shared.value = { kind, stream, device: null, waiting: false, publishing: false };
  const made = new Guest(kind, "", track, {
    changed: (seen) => guest === made && take(seen),
    ended: (why) => {
      if (guest !== made) return;
      stopSharing();
      if (why) tell(why);
    },
  });
  guest = made;
  asked = false;
  addEventListener("pagehide", stopSharing);
  made.start();
}

/** What the hub shows of its own is not asked for twice. */
let asked = false;

function take(seen: View): void {
  const { device } = seen.you;
  const mine = shared.value;
  if (!mine) return;
  const next = {
    device: device?.id ?? null,
    waiting: device?.waiting ?? false,
    publishing: device?.publishing ?? false,
  };
  if (next.device !== mine.device || next.waiting !== mine.waiting || next.publishing !== mine.publishing) {
    shared.value = { ...mine, ...next };
  }
  const guides = me.value?.role === "moderator" && seen.conference.presentation === null;
  if (!asked && guides && device?.publishing) {
    asked = true;
    press({ type: "presentation.show", device: device.id });
  }
}

/** Nothing is shown any more; harmless when nothing was. */
export function stopSharing(): void {
  removeEventListener("pagehide", stopSharing);
  guest?.stop();
  guest = null;
  for (const track of shared.value?.stream.getTracks() ?? []) track.stop();
  shared.value = null;
}

/** The sentence of the last problem. */
export function problemSaid(): string | null {
  const said: Text | null = problem.value && problems[problem.value];
  return said && say(said);
}
