import { Button } from "../components/Button";
import { talk as words } from "../i18n/talk";
import type { RoomView, View } from "../protocol";
import { type CallBlock, callBlock } from "./lines";
import { callRoom, starting } from "./state";

interface CallProps {
  seen: View;
  room: RoomView;
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
      {writes ? words.writeRoom : words.callRoom}
    </Button>
  );
}

/** The same to the technicians. `small`: its words are for who rests on it or hears the page. */
export function TechnicianButton({ seen, small }: { seen: View; small?: boolean }) {
  const block = starting.value ? words.opening : blockSaid(callBlock(seen, null));
  return (
    <Button
      icon="phone"
      kbd={small ? "T" : undefined}
      title={words.callTechnician}
      blocked={block}
      onClick={() => callRoom(null)}
      testId={small ? "call-technician" : "task-technician"}
    >
      <span class={small ? "vh" : undefined}>{words.callTechnician}</span>
    </Button>
  );
}

/** By its key: what the button would do. */
export function callByKey(seen: View, room: RoomView | null): void {
  const block = callBlock(seen, room);
  if (starting.value || (block !== null && block !== "air")) return;
  callRoom(room, block !== "air");
}
