import { useEffect, useState } from "preact/hooks";
import { release } from "../blobs";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { Icon } from "../components/Icon";
import { Wrong } from "../components/Wrong";
import { isTrouble, troubleSaid } from "../http";
import { attendance as words } from "../i18n/attendance";
import { common } from "../i18n/common";
import { http } from "../i18n/http";
import type { RoomView, View } from "../protocol";
import { doorLink, doorPicture, downloadPosters } from "./api";
import { useSaving } from "./useSaving";

interface DoorProps {
  room: RoomView;
  seen: View;
}

interface Found {
  picture: string;
  url: string;
}

/** How guests come in by themselves: the code of the room's door, its link, its poster. */
export function Door({ room, seen }: DoorProps) {
  const [open, setOpen] = useState(false);
  return (
    <details class="door" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary data-testid="door">
        <Icon name="qr" />
        {words.door}
      </summary>
      {open && <Opened room={room} seen={seen} />}
    </details>
  );
}

function Opened({ room, seen }: DoorProps) {
  const own = room.code === seen.you.room ? null : room.code;
  const [found, trouble, again] = useDoor(own);
  const [large, setLarge] = useState(false);
  const { save, saving, failed } = useSaving();
  return (
    <div class="door-body">
      <p>{words.doorHow}</p>
      {trouble && (
        <div class="bt">
          <Wrong text={trouble} />
          <Button onClick={again}>{http.again}</Button>
        </div>
      )}
      {found && (
        <button type="button" class="qr-button" title={words.enlarge} onClick={() => setLarge(true)}>
          <img class="qr" src={found.picture} alt={words.doorQr(room.title)} data-testid="door-qr" />
        </button>
      )}
      {found && <p class="url">{found.url}</p>}
      <div class="bt">
        {found && <CopyLink url={found.url} />}
        <Button
          icon="save"
          blocked={saving ? words.sending : null}
          testId="poster"
          onClick={() => save(() => downloadPosters(seen.conference.id, room.code))}
        >
          {words.poster}
        </Button>
      </div>
      <Wrong text={failed} />
      {large && found && (
        <Dialog
          title={words.doorQr(room.title)}
          class="door-large"
          onClose={() => setLarge(false)}
          ends={
            <Button look="primary" onClick={() => setLarge(false)}>
              {common.close}
            </Button>
          }
        >
          <img class="qr" src={found.picture} alt="" />
          <p class="url">{found.url}</p>
        </Dialog>
      )}
    </div>
  );
}

/** The door of a room, the sentence of what went wrong, and the next try. */
function useDoor(room: string | null): [Found | null, string | null, () => void] {
  const [found, setFound] = useState<Found | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let gone = false;
    let picture = "";
    setTrouble(null);
    Promise.all([doorPicture(room), doorLink(room)]).then(
      ([address, url]) => {
        picture = address;
        if (gone) release(picture);
        else setFound({ picture, url });
      },
      (error: unknown) => {
        if (!isTrouble(error)) throw error;
        if (!gone) setTrouble(troubleSaid(error));
      },
    );
    return () => {
      gone = true;
      if (picture) release(picture);
    };
  }, [room, tries]);
  return [found, trouble, () => setTries(tries + 1)];
}

function CopyLink({ url }: { url: string }) {
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    navigator.clipboard.writeText(url).then(
      () => setCopied(true),
      (error: DOMException) => console.warn("x copy:", error.name),
    );
  };
  if (!("clipboard" in navigator)) return null; // plain http: the code and the words remain
  return (
    <Button icon={copied ? "check" : "copy"} onClick={copy}>
      {copied ? words.copied : words.copyLink}
    </Button>
  );
}
