import { Icon } from "../components/Icon";
import { alarmKey, type Ask, type RoomAlarm } from "../control/alarms";
import { isSilenced, silence, sirenHeld, useSiren } from "../control/siren";
import type { Act } from "../control/useAct";
import { time } from "../format";
import { alarm as words } from "../i18n/alarm";
import type { View } from "../protocol";
import { alarmTitle, MarkButton, ReduceButton } from "./AlarmCard";

interface AlarmTopProps {
  /** Loud ones, at least one. */
  alarms: RoomAlarm[];
  seen: View;
  act: Act;
  ask: Ask;
}

/** Across the control room, in the place of its title, until somebody has seen to it. */
export function AlarmTop({ alarms, seen, act, ask }: AlarmTopProps) {
  useSiren(alarms.map(alarmKey));
  const first = alarms[0];
  if (!first) return null;
  const key = alarmKey(first);
  const silent = isSilenced(key);
  return (
    <div class="loud" data-testid="loud">
      <Icon name="warn" />
      <p role="alert" key={key}>
        <b>{alarmTitle(first, nameOf(first))}</b>
        {sirenHeld.value && !silent ? (
          <span class="amber" data-testid="siren-held">
            {words.held}
          </span>
        ) : (
          <span>
            {words.loud(time(first.alarm.raised_at, seen.conference))}
            {alarms.length > 1 && `, ${words.more(alarms.length - 1)}`}
          </span>
        )}
      </p>
      <MarkButton one={first} ask={ask} kbd="A" />
      {first.alarm.kind === "over" && <ReduceButton one={first} act={act} kbd="R" />}
      <button
        type="button"
        class="btn"
        aria-label={silent ? words.silenced : words.silence}
        title={silent ? words.silenced : words.silence}
        aria-keyshortcuts="s"
        aria-disabled={silent || undefined}
        data-testid="silence"
        onClick={() => silence(key)}
      >
        <Icon name={silent ? "vol-off" : "vol"} />
        {!silent && <kbd>S</kbd>}
      </button>
    </div>
  );
}

/** The line is short. */
function nameOf({ room }: RoomAlarm): string {
  return room.title.length > 14 ? room.short_name : room.title;
}
