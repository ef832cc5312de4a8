import { alone } from "../i18n/alone";
import { Alone } from "./Alone";

export type Lack = "browser" | "insecure";

/** What this browser lacks here; null: nothing. `insecure`: http on an address that is not local. */
export function lackOf(scope: { isSecureContext: boolean; RTCPeerConnection?: unknown }): Lack | null {
  if (!scope.isSecureContext) return "insecure";
  return scope.RTCPeerConnection ? null : "browser";
}

/** Says why the page cannot work here and what to do. */
export function Unsupported({ why }: { why: Lack }) {
  if (why === "browser") {
    return (
      <Alone icon="x-c" tone="bad" title={alone.browser}>
        <p>{alone.browserWhy}</p>
        <p class="strong">{alone.browserDo}</p>
      </Alone>
    );
  }
  return (
    <Alone icon="lock" tone="bad" title={alone.insecure}>
      <p>{alone.insecureWhy}</p>
      <p class="strong">{alone.insecureDo}</p>
    </Alone>
  );
}
