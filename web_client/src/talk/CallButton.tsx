import { Button } from "../components/Button";
import { talk as words } from "../i18n/talk";
import type { RoomView, View } from "../protocol";
import { type CallBlock, callBlock } from "./lines";
import { callRoom, starting } from "./state";

interface CallProps {
  seen: View;
  /** null: the technicians. */
  room: RoomView | null;
  kbd?: string;
  class?: string;
  testId: string;
}

/** Why it cannot be called now, in words. */
export function blockSaid(block: CallBlock): string | null {
  switch (block) {
    case "busy":
      return words.blockBusy;
    case "own":
      return words.blockOwn;
    case "air":
      return words.blockAir;
    case "away":
      return words.blockAway;
    case null:
      return null;
  }
}

/** Opens a private line; a room on air is not rung, and may be written to. */
export function CallButton({ seen, room, kbd, class: look, testId }: CallProps) {
  const block = callBlock(seen, room);
  const blocked = starting.value ? words.opening : blockSaid(block);
  const writes = block === "air";
  return (
    <Button
      icon="phone"
      kbd={kbd}
      class={look}
      title={words.callWhy}
      blocked={writes ? null : blocked}
      onClick={() => callRoom(room, !writes)}
      testId={testId}
    >
      {writes ? words.writeRoom : room ? words.callRoom : words.callTechnician}
    </Button>
  );
}

/** By its key: what the button would do. */
export function callByKey(seen: View, room: RoomView | null): void {
  const block = callBlock(seen, room);
  if (starting.value || (block !== null && block !== "air")) return;
  callRoom(room, block !== "air");
}
