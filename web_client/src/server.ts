// What the server says of itself to the desks, and what a page makes of the pressure it is under.

import { signal } from "@preact/signals";
import type { CheckView, View } from "./protocol";

/** All that is not as it should be, as the server ordered it; but of the second server, which has a
 * line of its own at the desks (components/StandbyLine). */
export const serverChecks = signal<readonly CheckView[]>([]);

export function takeChecks(checks: readonly CheckView[]): void {
  serverChecks.value = checks.filter((one) => one.name !== "standby");
}

/** The one to be said first: what keeps people out before what only needs a hand. */
export function worst(checks: readonly CheckView[]): CheckView | null {
  return checks.find((one) => one.state === "fail") ?? checks[0] ?? null;
}

/** The first sentence of what the server said, and the rest. */
export function parted(said: string): [string, string] {
  const end = said.indexOf(". ");
  return end < 0 ? [said, ""] : [said.slice(0, end + 1), said.slice(end + 2)];
}

/** The picture of this room does not come to this page, since the server is pressed. */
export function rests(seen: View | null, room: string): boolean {
  return seen?.you.receive.some((one) => one.room === room && one.rests) ?? false;
}

/** Who looks on has to wait outside: the server is too pressed for one more. */
export function waitsOutside(seen: View): boolean {
  return seen.conference.pressure !== null && seen.you.role === "observer" && seen.you.device === null;
}
