/** Why a screen or a second camera could not be had. Pure. */
import type { PresentationKind } from "../protocol";

export type ShareProblem = "unsupported" | "refused" | "cameraDenied" | "missing" | "busy" | "failed";

/** W3C Screen Capture, 5.1, and Media Capture and Streams, 10.2, name the errors. */
export function problemOf(kind: PresentationKind, name: string): ShareProblem {
  switch (name) {
    case "NotSupportedError":
    case "InvalidStateError":
      return "unsupported";
    case "NotAllowedError":
    case "SecurityError":
      // Of a screen, a choice that was closed and a permission that was denied look the same.
      return kind === "screen" ? "refused" : "cameraDenied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    default:
      return "failed";
  }
}
