import type { CountState } from "../protocol";

export type CountTone = "plain" | "near" | "over";

/** What of a room the count needs. */
export interface Counted {
  count: number | null;
  count_state: CountState;
  cap: number;
  /** The cap, or what a moderator allowed beyond it. */
  limit: number;
}

/** The word beside the figure; from one below the cap on. */
export type CountWord =
  | { kind: "none" }
  | { kind: "left"; n: number }
  | { kind: "full" }
  | { kind: "over"; n: number }
  | { kind: "allowed"; n: number };

/** How full a room is with so many; the server's own rule, for figures it does not know yet. */
export function countStateOf(count: number | null, cap: number): CountState {
  if (count === null) return "unknown";
  if (count > cap) return "over";
  if (count === cap) return "full";
  return count === cap - 1 ? "near" : "ok";
}

/** `8/12`; unknown is an en dash, never 0. */
export function countFigure({ count, cap }: Pick<Counted, "count" | "cap">): string {
  return `${count ?? "–"}/${cap}`;
}

export function countWord({ count, count_state, cap, limit }: Counted): CountWord {
  switch (count_state) {
    case "unknown":
    case "ok":
      return { kind: "none" };
    case "near":
      return { kind: "left", n: cap - (count ?? cap) };
    case "full":
      return { kind: "full" };
    case "over":
      return excused({ count, limit })
        ? { kind: "allowed", n: limit }
        : { kind: "over", n: (count ?? cap) - cap };
  }
}

/** More than the cap, but not more than the moderator allowed: seen, and no longer an alarm. */
export function excused({ count, limit }: Pick<Counted, "count" | "limit">): boolean {
  return count !== null && count <= limit;
}

export function countTone(room: Counted): CountTone {
  if (room.count_state === "over") return excused(room) ? "near" : "over";
  return room.count_state === "near" || room.count_state === "full" ? "near" : "plain";
}
