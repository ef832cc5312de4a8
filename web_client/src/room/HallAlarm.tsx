import { Icon } from "../components/Icon";
import { alarm as words } from "../i18n/alarm";
import type { RoomView } from "../protocol";
import { hallAlarm } from "./alarm";

/** To be read from the other end of the hall. A row of its own: it covers nobody's face. */
export function HallAlarm({ room }: { room: RoomView }) {
  const alarm = hallAlarm(room);
  return (
    <div role="alert" class={alarm ? "hall-alarm" : "vh"} data-testid="hall-alarm">
      {alarm && (
        <>
          <Icon name="warn" />
          <p>
            <b>{alarm.why === "asked" ? words.hallAsked : words.hallOver}: </b>
            {(alarm.by === "count" ? words.hallFigures : words.hallCamera)(alarm.persons, alarm.limit)}
          </p>
        </>
      )}
    </div>
  );
}
