import { Button } from "../components/Button";
import { Icon } from "../components/Icon";
import { type AlarmFigures, type Ask, figuresOf, isOpenAlarm, mostOf, type RoomAlarm, stands } from "../control/alarms";
import type { Act } from "../control/useAct";
import { time } from "../format";
import { alarm as words } from "../i18n/alarm";
import { control } from "../i18n/control";
import type { View } from "../protocol";

/** The desk's keys of an alarm, as printed. */
const KEYS = { mark: "A", reduce: "R", allow: "L" };

interface AlarmCardProps {
  one: RoomAlarm;
  seen: View;
  act: Act;
  ask: Ask;
  /** The one that the keys are about. */
  keyed: boolean;
  /** Where the room is opened already. */
  onOpen?: (code: string) => void;
}

/** An alarm with its figures and with what settles it. */
export function AlarmCard({ one, seen, act, ask, keyed, onOpen }: AlarmCardProps) {
  const { room, alarm } = one;
  const open = isOpenAlarm(alarm);
  const tone = !open ? "" : !stands(alarm) ? "amber" : alarm.kind === "over" ? "red" : "amber";
  const kbd = (name: keyof typeof KEYS): string | undefined => (keyed ? KEYS[name] : undefined);
  const more = stands(alarm) && alarm.kind === "over";
  return (
    <>
      <p class={`hd ${tone}`}>
        <Icon name={open ? "warn" : "check"} />
        <span>{alarmTitle(one)}</span>
        {!stands(alarm) && <time>{time(alarm.raised_at, seen.conference)}</time>}
      </p>
      <p class="muted" data-testid="alarm-figures">
        {alarmSaid(one, seen)}
      </p>
      {!open && (
        <p data-testid="alarm-marked">{`${words.marked(alarm.by, markedAt(one, seen))}: ${alarm.reason}`}</p>
      )}
      <div class="bt">
        {more && <ReduceButton one={one} act={act} kbd={kbd("reduce")} />}
        {more && (
          <Button
            kbd={kbd("allow")}
            testId="alarm-allow"
            onClick={() => ask({ what: "allow", code: room.code })}
          >
            {control.allowMore}
          </Button>
        )}
        {alarm.kind === "mismatch" && onOpen && (
          <Button onClick={() => onOpen(room.code)}>{control.seeRoom}</Button>
        )}
        {open && <MarkButton one={one} ask={ask} kbd={kbd("mark")} />}
      </div>
    </>
  );
}

interface AlarmButtonProps {
  one: RoomAlarm;
  kbd?: string;
}

export function MarkButton({ one, ask, kbd }: AlarmButtonProps & { ask: Ask }) {
  const { room, alarm } = one;
  return (
    <Button
      icon="check"
      kbd={kbd}
      testId="alarm-mark"
      onClick={() => ask({ what: "mark", code: room.code, kind: alarm.kind })}
    >
      {words.mark}
    </Button>
  );
}

/** Asks the hall that persons leave; pressed again it takes that back. */
export function ReduceButton({ one: { room }, act, kbd }: AlarmButtonProps & { act: Act }) {
  const on = room.reduce_asked;
  return (
    <Button
      icon={on ? "check" : undefined}
      kbd={kbd}
      pressed={on}
      title={on ? words.askedWhy : undefined}
      testId="alarm-reduce"
      onClick={() => act({ type: "count.ask_reduce", room: room.code, on: !on })}
    >
      {on ? words.asked : words.askReduce}
    </Button>
  );
}

/** `Paser: 13/12, melebihi kapasitas`. */
export function alarmTitle(one: RoomAlarm, name = one.room.title): string {
  const figures = figuresOf(one);
  if (one.alarm.kind === "over") return words.over(name, mostOf(figures), figures.limit);
  return words.mismatch(name, known(figures.camera), known(figures.counted));
}

function alarmSaid(one: RoomAlarm, seen: View): string {
  const { alarm } = one;
  const { conference } = seen;
  const since = words.since(time(alarm.raised_at, conference));
  const parts = [`${figuresSaid(figuresOf(one))}, ${since}.`];
  if (alarm.ended_at !== null) parts.push(words.ended(time(alarm.ended_at, conference)));
  else if (alarm.kind === "over" && isOpenAlarm(alarm)) parts.push(policySaid(conference.over));
  return parts.filter(Boolean).join(" ");
}

/** `Tercatat 12, kamera melihat 13, batas 12`. */
function figuresSaid({ counted, camera, limit }: AlarmFigures): string {
  const seen = camera === null ? [] : [words.camera(String(camera))];
  return [words.counted(known(counted)), ...seen, words.limit(limit)].join(", ");
}

function known(figure: number | null): string {
  return figure === null ? "–" : String(figure);
}

function policySaid(over: View["conference"]["over"]): string {
  if (over === "warn") return "";
  return over === "lock_mic" ? words.lockMic : words.refuseFloor;
}

function markedAt({ alarm }: RoomAlarm, { conference }: View): string {
  return time(alarm.acknowledged_at ?? alarm.raised_at, conference);
}
