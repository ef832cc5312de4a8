import { wordOf } from "../components/Count";
import { countTone } from "../components/count";
import { Stepper } from "../components/Stepper";
import { words } from "../i18n/room";
import type { RoomView } from "../protocol";
import { link } from "../store";
import { changeCount, shownCount, undoCount, undoOffered, waitingActs } from "./headcount";

/** Persons in the hall, with the limit below; in its place the way back, for a while. */
export function HeadCount({ room }: { room: RoomView }) {
  return (
    <div class="cnt" data-testid="headcount">
      <span class="label">
        {words.headCount}
        <Below room={room} />
      </span>
      <Stepper value={shownCount.value} cap={room.cap} onAdd={changeCount} />
    </div>
  );
}

function Below({ room }: { room: RoomView }) {
  if (link.value.state !== "open") return <span class="hint">{words.sentLater}</span>;
  if (undoOffered.value && room.count_undo && waitingActs.value === 0) {
    return (
      <button class="undo" type="button" data-testid="count-undo" onClick={undoCount}>
        {words.undo}
      </button>
    );
  }
  const most = room.limit > room.cap ? words.allowed(room.limit) : words.atMost(room.cap);
  const word = wordOf(room);
  if (!word) return <span class="hint">{most}</span>;
  const tone = countTone(room) === "over" ? "red" : "amber";
  return (
    <span class="hint">
      <b class={tone}>{word}</b>, {most}
    </span>
  );
}
