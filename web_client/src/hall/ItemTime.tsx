import { Icon } from "../components/Icon";
import { duration } from "../format";
import { hall as words } from "../i18n/hall";
import type { View } from "../protocol";
import { clock } from "../store";
import { type ItemTime, itemTime } from "./timing";

/** Minutes and seconds, rounded so that the last second is shown as one. */
function shown(time: ItemTime): string {
  return time.left >= 0 ? duration(time.left + 999) : duration(-time.left);
}

function said(time: ItemTime): string {
  if (time.paused) return words.paused;
  return time.left >= 0 ? words.timeLeft : words.timeOver;
}

/** For who speaks, to be read from the lectern: what is left of the hall's own item. */
export function SpeakerTime({ time }: { time: ItemTime }) {
  return (
    <span
      class={`push speaker ${time.over}`}
      data-testid="time-left"
      data-over={time.over}
      data-paused={time.paused}
    >
      <span class="left">
        {time.left < 0 && <span class="vh">{words.timeOver} </span>}
        {shown(time)}
      </span>
      <span class="cap">
        {time.paused && <Icon name="wait" />}
        {said(time)}
      </span>
    </span>
  );
}

/** For all but who speaks: what is on now, and what is left of it. */
export function ItemPlate({ seen }: { seen: View }) {
  const time = itemTime(seen, clock.value);
  if (!time || seen.conference.phase !== "live") return null;
  const own = time.item.room !== null && time.item.room === seen.you.room;
  if (own && seen.conference.floor === seen.you.room) return null; // it has the large one
  const left = time.left >= 0 ? words.leftOf(shown(time)) : words.overOf(shown(time));
  return (
    <span class={`plate item ${time.over === "no" ? "" : "amber"}`} data-testid="item">
      <span class="title">{time.item.title}</span>
      <span class="when">{time.paused ? words.paused : left}</span>
    </span>
  );
}
