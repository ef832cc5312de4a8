import { useState } from "preact/hooks";
import { AttendanceList } from "../attendance/AttendanceList";
import { Door } from "../attendance/Door";
import { Records } from "../attendance/Records";
import { Button } from "../components/Button";
import { attendance as words } from "../i18n/attendance";
import type { RoomView, View } from "../protocol";

/** The room's list as its operator has it; below it what concerns the lists of all rooms. */
export function PaneAttendance({ room, seen }: { room: RoomView; seen: View }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <AttendanceList room={room} seen={seen} desk />
      <Door room={room} seen={seen} />
      <section>
        {room.expected.length === 0 && <p class="muted">{words.noExpected}</p>}
        <div class="bt">
          <Button icon="doc" testId="records-open" onClick={() => setOpen(true)}>
            {words.records}
          </Button>
        </div>
      </section>
      {open && <Records seen={seen} onClose={() => setOpen(false)} />}
    </>
  );
}
