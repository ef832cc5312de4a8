import { useState } from "preact/hooks";
import { Button } from "../components/Button";
import { Count } from "../components/Count";
import { companions, estimateTone } from "../components/estimate";
import { useEstimate } from "../components/useEstimate";
import { Icon } from "../components/Icon";
import type { Act } from "../control/useAct";
import { control } from "../i18n/control";
import { count } from "../i18n/count";
import type { RoomView } from "../protocol";
import { ZoneButton } from "../zones/ZoneButton";
import { Allow } from "./Allow";

const TONES = { plain: undefined, near: "amber", over: "red" };

interface PersonsProps {
  room: RoomView;
  act: Act;
}

/** How many are in the room, where that figure comes from, and what can be done about it. */
export function PanePersons({ room, act }: PersonsProps) {
  const [asking, setAsking] = useState(false);
  const allowed = room.limit > room.cap;
  const seen = useEstimate(room);
  const takeBack = () =>
    act({ type: "count.allow", room: room.code, limit: room.cap, reason: control.takenBack });
  return (
    <section class="persons">
      <h3 class="h">
        <Icon name="people" />
        {control.howMany}
        <span class="push">
          <Count room={room} />
        </span>
      </h3>
      <dl>
        <div>
          <dt>{control.tally}</dt>
          <dd>{room.tally ?? control.notCounted}</dd>
        </div>
        <div>
          <dt>{control.companions}</dt>
          <dd>{companions(room)}</dd>
        </div>
        <div>
          <dt>{count.inList}</dt>
          <dd>{room.attendance.length > 0 ? room.checked_in : "–"}</dd>
        </div>
        {seen !== null && (
          <div title={count.noProof}>
            <dt>{count.camera}</dt>
            <dd data-testid="pane-estimate">
              <span class={TONES[estimateTone(room)]}>{seen}</span>
            </dd>
          </div>
        )}
      </dl>
      {allowed && <p data-testid="allowed">{control.allowed(room.limit, room.limit_reason)}</p>}
      {asking ? (
        <Allow room={room} onDone={() => setAsking(false)} />
      ) : (
        <div class="bt">
          <Button onClick={() => setAsking(true)} testId="allow-more">
            {control.allowMore}
          </Button>
          {allowed && (
            <Button look="quiet" onClick={takeBack} testId="take-back">
              {control.takeBack}
            </Button>
          )}
          {seen !== null && (
            <Button
              look="quiet"
              testId="pane-counted"
              onClick={() => act({ type: "count.estimate", room: room.code, on: !room.counted })}
            >
              {room.counted ? count.switchOff : count.switchOn}
            </Button>
          )}
          {seen !== null && room.counted && <ZoneButton room={room} look="quiet" />}
        </div>
      )}
    </section>
  );
}
