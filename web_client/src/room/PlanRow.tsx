import { Icon } from "../components/Icon";
import { noticeOf } from "../fallback";
import type { RoomView } from "../protocol";
import { clock } from "../store";
import "../styles/fallback.css";

/** Why the hall has less picture than planned, and what helps; a row of its own. */
export function PlanRow({ room }: { room: RoomView }) {
  const said = noticeOf(room, clock.value);
  return (
    <div
      role="status"
      class={said ? (said.good ? "plan-row good" : "plan-row") : "vh"}
      data-testid="plan-row"
      data-level={room.fallback?.level ?? ""}
    >
      {said && (
        <>
          <Icon name={said.good ? "check-c" : "link-weak"} />
          <p>
            <b>{said.title}</b> {said.sub}
          </p>
        </>
      )}
    </div>
  );
}
