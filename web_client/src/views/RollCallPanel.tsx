import { useState } from "preact/hooks";
import { cameLate, proposedOf, rollSum, STATUSES } from "../ceremony/roll";
import { Button } from "../components/Button";
import { Chip, type ChipTone } from "../components/Chip";
import { Icon, type IconName } from "../components/Icon";
import { isOpen, tileKey, wall } from "../control/state";
import type { Act } from "../control/useAct";
import { time } from "../format";
import { ceremony, marks } from "../i18n/ceremony";
import { control } from "../i18n/control";
import type { RollStatus, RoomView, View } from "../protocol";

const icons: Record<RollStatus, IconName> = {
  present: "check-c",
  late: "warn",
  excused: "doc",
  absent: "absent",
};

const tones: Record<RollStatus, ChipTone> = {
  present: "ok",
  late: "warn",
  excused: "plain",
  absent: "bad",
};

interface RollProps {
  seen: View;
  act: Act;
}

/** The call of the rooms: each has a key; what the server proposes stands there until it is marked. */
export function RollCallPanel({ seen, act }: RollProps) {
  const [opened, setOpened] = useState<string | null>(null);
  const sum = rollSum(seen);
  const blocked = isOpen(seen.conference.phase) ? null : control.notOpen;
  return (
    <div class="rollcall">
      <div class="scroll">
        <ol class="ab">
          {wall(seen.rooms).map((room, i) => (
            <RollRow
              key={room.code}
              room={room}
              seen={seen}
              act={act}
              hotkey={tileKey(i + 1)}
              open={opened === room.code}
              blocked={blocked}
              onOpen={() => setOpened(opened === room.code ? null : room.code)}
            />
          ))}
        </ol>
        <div class="tools">
          <p data-testid="absentees">
            {sum.absent.length ? ceremony.absentees(names(sum.absent)) : ceremony.nobodyAbsent}
          </p>
          {sum.excused.length > 0 && <p>{ceremony.excusedOnes(names(sum.excused))}</p>}
          <p class="faint dk">{ceremony.rollHow}</p>
        </div>
      </div>
      <div class="more">
        <span data-testid="roll-sum">{ceremony.rollSum(sum.here, sum.all)}</span>
        <Button
          testId="roll-take"
          blocked={blocked ?? (sum.unmarked.length ? null : ceremony.takeNone)}
          onClick={() => act({ type: "roll.take" })}
        >
          {ceremony.takeAll}
        </Button>
      </div>
    </div>
  );
}

function names(rooms: readonly RoomView[]): string {
  return rooms.map((room) => room.title).join(", ");
}

interface RollRowProps extends RollProps {
  room: RoomView;
  hotkey: string | null;
  open: boolean;
  blocked: string | null;
  onOpen: () => void;
}

function RollRow({ room, seen, act, hotkey, open, blocked, onOpen }: RollRowProps) {
  const { roll } = room;
  return (
    <li data-roll={room.code} data-roll-status={roll?.status ?? ""}>
      <button type="button" class="row" aria-expanded={open} aria-keyshortcuts={hotkey ?? undefined} onClick={onOpen}>
        <span aria-hidden="true">{hotkey}</span>
        <span class="strong" title={room.name}>
          {room.title}
        </span>
        {roll ? (
          <Chip icon={icons[roll.status]} tone={tones[roll.status]}>
            {marks[roll.status]}
          </Chip>
        ) : (
          <span class="chip proposed">
            <Icon name="wait" />
            {ceremony.proposed(marks[proposedOf(room)])}
          </span>
        )}
        <span>{roll && time(roll.at, seen.conference, false).slice(0, 5)}</span>
      </button>
      {open && <RollChoice room={room} act={act} blocked={blocked} />}
    </li>
  );
}

/** The four marks; the one that holds, pressed again, is taken away. */
function RollChoice({ room, act, blocked }: { room: RoomView; act: Act; blocked: string | null }) {
  const now = room.roll?.status ?? null;
  return (
    <div class="detail">
      {room.roll && <p class="muted">{cameLate(room) ? ceremony.lateItself : room.roll.by}</p>}
      <div class="bt" role="group" aria-label={ceremony.mark(room.title)}>
        {STATUSES.map((status) => (
          <Button
            key={status}
            class="sm"
            icon={icons[status]}
            pressed={now === status}
            blocked={blocked}
            title={now === status ? ceremony.unmark : undefined}
            testId={`roll-${status}`}
            onClick={() => act({ type: "roll.mark", room: room.code, status: now === status ? null : status })}
          >
            {marks[status]}
          </Button>
        ))}
      </div>
    </div>
  );
}
