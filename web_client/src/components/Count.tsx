import { common } from "../i18n/common";
import { type Counted, countFigure, countTone, countWord } from "./count";
import { Icon } from "./Icon";

/** The word beside the figure, empty while there is room for more than one. */
export function wordOf(room: Counted): string {
  const word = countWord(room);
  switch (word.kind) {
    case "none":
      return "";
    case "left":
      return common.countLeft(word.n);
    case "full":
      return common.countFull;
    case "over":
      return common.countOver(word.n);
    case "allowed":
      return common.countAllowed(word.n);
  }
}

/** The same for one who listens: "11 dari 12 orang, sisa 1". */
export function spokenCount(room: Counted): string {
  if (room.count === null) return common.countUnknown;
  const word = wordOf(room);
  return common.persons(room.count, room.cap) + (word && `, ${word}`);
}

interface CountProps {
  room: Counted;
  /** Over a picture: on its dark plate, top right. */
  plate?: boolean;
}

/** `8/12`, from one below the cap with a word; above the cap the plate is red. */
export function Count({ room, plate = false }: CountProps) {
  const tone = countTone(room);
  const base = plate ? "plate tr" : "count";
  const amber = plate ? "amber" : "near";
  const look = tone === "plain" ? base : `${base} ${tone === "near" ? amber : "over"}`;
  const word = wordOf(room);
  return (
    <span class={look}>
      <Icon name={tone === "over" ? "warn" : "person"} />
      <span aria-hidden="true">
        {countFigure(room)}
        {word && ` ${word}`}
      </span>
      <span class="vh">{spokenCount(room)}</span>
    </span>
  );
}
