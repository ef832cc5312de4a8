// What the embedded page does next: when it plays, when it asks again, what it says. Pure.

/** What the server tells of the programme (GET /embed/CONFERENCE/now). */
export interface Now {
  title: string;
  phase: "draft" | "lobby" | "live" | "closed";
  starts_at: number | null;
  timezone: string;
  timezone_label: string;
  shown: string;
  beside: string[];
  full: boolean;
}

export type Said = "connecting" | "waits" | "over" | "full" | "away" | "refused" | "playing";

/** How often a page that plays looks who is shown, ms; one that waits does so less often. */
export const LOOK_MS = 2_000;
export const WAIT_MS = 15_000;
/** The pause after a failed try doubles from the first to the last of these, ms. */
export const [RETRY_MIN_MS, RETRY_MAX_MS] = [1_000, 30_000] as const;

/** Whether there is something to play. */
export function mayPlay(now: Now): boolean {
  return now.phase === "lobby" || now.phase === "live";
}

/** What stands in the picture's place; `playing`: a picture has come. `now` null: not asked yet. */
export function said(now: Now | null, playing: boolean, failures: number): Said {
  if (playing) return "playing";
  if (now?.phase === "closed") return "over";
  if (now && !mayPlay(now)) return "waits";
  if (now?.full) return "full";
  return failures > 0 ? "away" : "connecting";
}

/** ms until the next try; `chance` from [0, 1): many pages must not come back at once. `asked`: what
 * the server said in Retry-After, seconds. */
export function pause(failures: number, chance: number, asked = 0): number {
  const ceiling = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** failures);
  return Math.max(ceiling / 2, asked * 1_000) + (chance * ceiling) / 2;
}

/** A token that is not good will not be good later: only a living page may ask again. */
export function isFinal(status: number): boolean {
  return status === 401 || status === 403 || status === 404;
}

/** Of `Link` headers with TURN servers (RFC 9725, section 4.6). */
export function iceServers(link: string | null): RTCIceServer[] {
  const found = (link ?? "").matchAll(/<([^>]+)>((?:\s*;\s*[\w-]+="(?:[^"\\]|\\.)*")*)/g);
  return [...found].flatMap(([, urls, rest]) => {
    const named = Object.fromEntries(
      [...(rest ?? "").matchAll(/([\w-]+)="((?:[^"\\]|\\.)*)"/g)].map(([, name, value]) => [
        name,
        value?.replace(/\\(.)/g, "$1"),
      ]),
    );
    if (!urls || named["rel"] !== "ice-server") return [];
    return [{ urls, username: named["username"], credential: named["credential"] }];
  });
}
