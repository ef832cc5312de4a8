import { Button } from "../components/Button";
import { Icon } from "../components/Icon";
import { say } from "../i18n";
import { attendance as words } from "../i18n/attendance";
import type { RoomView } from "../protocol";
import type { AttendanceAct, Pending } from "./outbox";
import { dropAct, pendingActs, type Person, retryAct } from "./state";

interface RefusalsProps {
  room: RoomView;
  /** Puts who could not be entered back into the form. */
  onCorrect: (person: Person) => void;
}

/** What was done while the link was away and is not accepted: nothing of it is lost. */
export function Refusals({ room, onCorrect }: RefusalsProps) {
  const refused = pendingActs().filter((one) => one.refused && one.act.room === room.code);
  if (refused.length === 0) return null;
  return (
    <section class="refusals" data-part="refused">
      <h3>{words.refusedTitle}</h3>
      <ul>
        {refused.map((one) => (
          <Refused key={one.n} one={one} room={room} onCorrect={onCorrect} />
        ))}
      </ul>
    </section>
  );
}

function Refused({ one, room, onCorrect }: RefusalsProps & { one: Pending }) {
  const { act, n, refused } = one;
  const correct = (): void => {
    if (act.type !== "attendance.enter") return;
    onCorrect({ name: act.name, institution: act.institution ?? "", role: act.role ?? "" });
    dropAct(n);
  };
  return (
    <li>
      <p class="err" role="alert">
        <Icon name="x-c" />
        <span>
          <b>{words.refusedActs(nameOf(act, room), whatOf(act))}</b>
          <br />
          {refused && say(refused)}
        </span>
      </p>
      <div class="bt">
        <Button class="sm" testId="refused-retry" onClick={() => retryAct(n)}>
          {words.retry}
        </Button>
        {act.type === "attendance.enter" && (
          <Button class="sm" icon="pen" onClick={correct}>
            {words.correct}
          </Button>
        )}
        <Button class="sm" look="quiet" testId="refused-drop" onClick={() => dropAct(n)}>
          {words.drop}
        </Button>
      </div>
    </li>
  );
}

function nameOf(act: AttendanceAct, room: RoomView): string {
  if ("name" in act) return act.name;
  return room.attendance.find((one) => one.id === act.person)?.name ?? "–";
}

function whatOf(act: AttendanceAct): string {
  switch (act.type) {
    case "attendance.enter":
      return words.actEnter;
    case "attendance.leave":
      return words.actLeave;
    case "attendance.keep":
      return words.actKeep;
    case "attendance.correct":
      return words.actCorrect;
    case "attendance.strike":
      return words.actStrike;
  }
}
