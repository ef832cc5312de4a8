// What this browser is and can do.

import type { BrowserFacts } from "../protocol";
import { browserName } from "./offer";

const CODECS_KEPT = 64;
const SHORT = 300;

export function browserFacts(): BrowserFacts {
  return {
    type: "browser",
    secure: isSecureContext,
    webrtc: typeof RTCPeerConnection === "function",
    agent: browserName(navigator.userAgent),
    codecs: codecs(),
    platform: navigator.platform.slice(0, SHORT),
    threads: navigator.hardwareConcurrency ?? 0,
  };
}

function codecs(): string[] {
  if (typeof RTCRtpSender === "undefined") return [];
  const kinds = ["audio", "video"] as const;
  return kinds.flatMap((kind) =>
    bothWays(
      RTCRtpSender.getCapabilities(kind)?.codecs ?? [],
      RTCRtpReceiver.getCapabilities(kind)?.codecs ?? [],
    ),
  );
}

/** Names of the codecs that can be sent and received, without "audio/" and "video/". */
export function bothWays(sent: { mimeType: string }[], received: { mimeType: string }[]): string[] {
  const names = (list: { mimeType: string }[]): string[] =>
    list.map((one) => (one.mimeType.split("/")[1] ?? "").slice(0, 64));
  const back = new Set(names(received).map((name) => name.toLowerCase()));
  const both = names(sent).filter((name) => name && back.has(name.toLowerCase()));
  return [...new Set(both)].slice(0, CODECS_KEPT);
}
