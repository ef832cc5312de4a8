import { useState } from "preact/hooks";
import { Button } from "../components/Button";
import { zones as words } from "../i18n/zones";
import type { RoomView } from "../protocol";
import { ZoneEditor } from "./ZoneEditor";

/** Opens the editor, and says how many zones there are. */
export function ZoneButton({ room, look }: { room: RoomView; look?: "quiet" }) {
  const [open, setOpen] = useState(false);
  const n = room.zones.length;
  return (
    <>
      <Button class="sm" look={look} icon="mask" testId="zones-open" onClick={() => setOpen(true)}>
        {n > 0 ? words.openMany(n) : words.open}
      </Button>
      {open && <ZoneEditor room={room} onClose={() => setOpen(false)} />}
    </>
  );
}
