// What a person reads when a camera or a microphone does not open: why, and what to do.

import type { CaptureProblem } from "../capture";
import { words } from "./room";

export const cameraSaid: Record<CaptureProblem, () => string> = {
  denied: () => words.cameraDenied,
  missing: () => words.cameraMissing,
  busy: () => words.cameraBusy,
  failed: () => words.cameraFailed,
  insecure: () => words.insecure,
};

export const microphoneSaid: Record<CaptureProblem, () => string> = {
  denied: () => words.microphoneDenied,
  missing: () => words.microphoneMissing,
  busy: () => words.microphoneBusy,
  failed: () => words.microphoneFailed,
  insecure: () => words.insecure,
};
