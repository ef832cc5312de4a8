import { useEffect, useState } from "preact/hooks";
import { Button } from "../components/Button";
import { Icon } from "../components/Icon";
import { Wrong } from "../components/Wrong";
import { time } from "../format";
import { isTrouble, troubleSaid } from "../http";
import { control } from "../i18n/control";
import type { RoomView } from "../protocol";
import { type HallLink, hallLink, letDeviceIn } from "../room/halllink";
import { clock, view } from "../store";

/** A hall's one-time link: the next browser let in, in place of one that is broken. */
export function PaneLink({ room }: { room: RoomView }) {
  const conference = view.value?.conference.id ?? "";
  const [found, setFound] = useState<HallLink | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const take = async (work: () => Promise<HallLink>): Promise<void> => {
    setBusy(true);
    try {
      setFound(await work());
      setWrong(null);
    } catch (error) {
      if (!isTrouble(error)) throw error;
      setWrong(troubleSaid(error));
    } finally {
      setBusy(false);
    }
  };
  // Who comes, comes as a device of the room: then it is another state.
  useEffect(() => void take(() => hallLink(conference, room.code)), [conference, room.code, room.devices.length]);
  if (found && !found.once) return null;
  if (!found) return <Wrong text={wrong} />;
  const open = found.until !== null && found.until > clock.value;
  const blocked = busy ? control.oneMoment : null;
  const act = () => void take(() => letDeviceIn(conference, room.code, !open));
  return (
    <div class="halllink" data-testid="hall-link">
      <p role="status">
        <Icon name={open ? "clock" : "lock"} />{" "}
        {open ? control.linkOpen(until(found.until ?? 0)) : found.used_at === null ? control.linkUnused : control.linkUsed}
      </p>
      <Wrong text={wrong} />
      {(open || found.used_at !== null) && (
        <Button icon={open ? "undo" : "device"} blocked={blocked} testId={open ? "link-hold" : "link-release"} onClick={act}>
          {open ? control.linkHold : control.linkRelease}
        </Button>
      )}
    </div>
  );
}

function until(ms: number): string {
  const zone = view.value?.conference;
  return zone ? time(ms, zone, false) : "";
}
