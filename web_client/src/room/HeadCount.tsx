import { countStateOf, countTone } from "../components/count";
import { wordOf } from "../components/Count";
import { Stepper } from "../components/Stepper";
import { words } from "../i18n/room";
import type { RoomView } from "../protocol";
import { link } from "../store";
import { changeCount, shownCount, undoCount, undoOffered, waitingActs } from "./headcount";

/** Persons in the hall, large and in the colour of its state; below it the limit, or the way back. */
export function HeadCount({ room }: { room: RoomView }) {
  const count = shownCount.value;
  const shown = { ...room, count, count_state: countStateOf(count, room.cap) };
  return (
    <div class="cnt" data-testid="headcount">
      <span class="label">
        {words.headCount}
        <Below room={shown} />
      </span>
      <Stepper value={count} cap={room.cap} tone={countTone(shown)} onAdd={changeCount} />
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
