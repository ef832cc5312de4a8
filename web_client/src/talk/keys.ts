/** Keys of private lines, the same on every page. Pure. */
export type TalkAct = "answer" | "end" | "write";

const keys: Record<string, TalkAct> = { y: "answer", q: "end", w: "write" };

export const TALK_KEYS: Record<TalkAct, string> = { answer: "Y", end: "Q", write: "W" };

/** null: none of ours. */
export function talkKey(key: string): TalkAct | null {
  return keys[key.toLowerCase()] ?? null;
}
