import { currentItem, numberOf } from "../ceremony/rundown";
import { type Overrun, overrun, timing } from "../ceremony/timing";
import { duration } from "../format";
import { ceremony } from "../i18n/ceremony";
import { control } from "../i18n/control";
import type { View } from "../protocol";
import { clock } from "../store";

export const overrunTone: Record<Overrun, string> = { none: "", over: "amber", far: "red" };

/** On the line on top: which item, and how long it may still take. Without one: how long on air. */
export function RundownBar({ seen }: { seen: View }) {
  const item = currentItem(seen);
  if (!item) return <OnAirFor seen={seen} />;
  const { left } = timing(seen, clock.value);
  const tone = overrunTone[overrun(left, item.planned_s * 1000)];
  const paused = seen.conference.progress.paused_at !== null;
  return (
    <>
      <span class="pair" data-testid="item-number" title={item.title}>
        {ceremony.item}{" "}
        <b>
          {numberOf(seen, item)}/{seen.rundown.items.length}
        </b>
      </span>
      <span class={`pair big ${tone}`} data-testid="item-left" data-tone={tone}>
        <span class={paused ? "amber" : undefined}>{paused ? ceremony.paused : leftWord(left)}</span>{" "}
        <b>{leftSaid(left)}</b>
      </span>
    </>
  );
}

export function leftWord(left: number): string {
  return left < 0 ? ceremony.overBy : ceremony.left;
}

/** What is left in whole seconds, the begun one with it; what is over in seconds that have passed. */
export function leftSaid(left: number): string {
  return duration(left < 0 ? -left : Math.ceil(left / 1000) * 1000);
}

function OnAirFor({ seen }: { seen: View }) {
  const since = seen.conference.floor_since;
  if (since === null) return null;
  return (
    <span class="pair big" data-testid="on-air-for">
      {control.onAirFor} <b>{duration(clock.value - since)}</b>
    </span>
  );
}
