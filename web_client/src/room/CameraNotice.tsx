import { Button } from "../components/Button";
import { useEstimate } from "../components/useEstimate";
import { count } from "../i18n/count";
import type { RoomView } from "../protocol";
import { press } from "../store";
import { ZoneButton } from "../zones/ZoneButton";

/** That the camera counts, what it shows now, and the switch; nothing where none is looked at. */
export function CameraNotice({ room }: { room: RoomView }) {
  const seen = useEstimate(room);
  if (seen === null) return null;
  const turn = (): void => press({ type: "count.estimate", room: room.code, on: !room.counted });
  return (
    <div class="hint cam" data-testid="camera-notice">
      <p>
        {room.counted && `${count.notice} `}
        {count.camera}: {seen}.
      </p>
      <Button class="sm" testId="counted" onClick={turn}>
        {room.counted ? count.switchOff : count.switchOn}
      </Button>
      {room.counted && <ZoneButton room={room} />}
    </div>
  );
}
