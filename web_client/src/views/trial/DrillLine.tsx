import { Icon } from "../../components/Icon";
import { decimal } from "../../format";
import { lang } from "../../i18n";
import { drills, drillWords } from "../../i18n/drill";
import type { RoomView, View } from "../../protocol";
import { clock } from "../../store";
import { lowerFirst } from "../../trial/board";
import { isGood, ofRoom, sumOf } from "../../trial/drill";
import { whenWords } from "./words";

/** On the readiness board: whether everybody came back in the last recovery drill. */
export function DrillLine({ seen }: { seen: View }) {
  const { drill, phase } = seen.conference;
  if (!drill) {
    return phase === "closed" ? null : (
      <p class="muted" data-testid="drill" data-drill="none">
        {drillWords.none}
      </p>
    );
  }
  const { worst, bad } = sumOf(drill);
  const when = lowerFirst(whenWords(drill.at, clock.value, seen.conference));
  const titles = new Map(seen.rooms.map((room) => [room.code, room.title]));
  const names = bad.map((code) => titles.get(code) ?? code).join(", ");
  return (
    <p data-testid="drill" data-drill={bad.length ? "bad" : "good"}>
      <span class={bad.length ? "red" : "green"}>
        <Icon name={bad.length ? "x-c" : "check-c"} />{" "}
        {bad.length ? drillWords.bad(when, names) : drillWords.good(when, decimal(worst, 1, lang.value))}
      </span>
    </p>
  );
}

/** Of one room, drill by drill. */
export function RoomDrill({ seen, room }: { seen: View; room: RoomView }) {
  const found = ofRoom(seen.conference.drill, room.code);
  if (found.length === 0) return null;
  const words = found.map(({ kind, seconds }) => {
    const took = seconds === null ? drillWords.away : drillWords.seconds(decimal(seconds, 1, lang.value));
    return `${drills[kind]} ${took}`;
  });
  return (
    <p class={found.every(isGood) ? "muted" : "red"} data-testid="room-drill">
      {drillWords.room(words.join(", "))}
    </p>
  );
}
