import { useEffect, useState } from "preact/hooks";
import { release } from "../blobs";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { Icon } from "../components/Icon";
import { Wrong } from "../components/Wrong";
import { isTrouble, troubleSaid } from "../http";
import { common } from "../i18n/common";
import { display as words } from "../i18n/display";
import { http } from "../i18n/http";
import { words as room } from "../i18n/room";
import { displayLink, displayPicture } from "./api";
import { features, findOther } from "./screens";
import { countShown, showCount } from "./wishes";
import "../styles/secondscreen.css";

const NAME = "vicon-layar";

interface Found {
  url: string;
  picture: string;
}

/** How the programme comes onto the TV: as a window of this page, or by a link of its own. */
export function SecondScreen({ onClose }: { onClose: () => void }) {
  const { found, trouble, again } = useLink();
  const [said, setSaid] = useState<"" | "opened" | "blocked">("");
  const open = (): void => {
    void openOn(found?.url).then((there) => setSaid(there ? "opened" : "blocked"));
  };
  return (
    <Dialog
      title={words.title}
      class="second-screen"
      testId="second-screen"
      onClose={onClose}
      ends={
        <>
          <Button onClick={onClose}>{common.close}</Button>
          <Button look="primary" icon="screens" autofocus testId="display-open" onClick={open}>
            {words.open}
          </Button>
        </>
      }
    >
      <p>{words.why}</p>
      <p role="status" class={said === "blocked" ? "red" : said ? "green" : "vh"} data-testid="display-said">
        {said === "opened" ? words.opened : said === "blocked" ? words.blocked : ""}
      </p>
      <p class="muted">{words.soundHere}</p>
      <label class="row">
        <input type="checkbox" checked={countShown.value} onChange={(event) => showCount(event.currentTarget.checked)} />
        {words.count}
      </label>
      <h3 class="label">{words.elsewhere}</h3>
      <div class="adding">
        {found ? <img class="qr" src={found.picture} alt={words.qr} /> : !trouble && <Icon name="load" spin />}
        <div>
          <p>{words.elsewhereHow}</p>
          {trouble && (
            <>
              <Wrong text={trouble} />
              <Button onClick={again}>{http.again}</Button>
            </>
          )}
          {found && <CopyLink url={found.url} />}
        </div>
      </div>
    </Dialog>
  );
}

/** Whether the browser let the window open. The other screen is asked for first: it needs the click. */
async function openOn(url: string | undefined): Promise<boolean> {
  const place = await findOther();
  // At this page's own address, whatever others come by: only so can it lend its pictures.
  const token = url?.split("#")[1];
  const display = window.open(token ? `/layar#${token}` : "/layar", NAME, features(place));
  display?.focus();
  return display !== null;
}

function useLink(): { found: Found | null; trouble: string | null; again: () => void } {
  const [found, setFound] = useState<Found | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let [gone, picture] = [false, ""];
    setTrouble(null);
    Promise.all([displayLink(), displayPicture()]).then(
      ([url, address]) => {
        picture = address;
        if (gone) release(picture);
        else setFound({ url, picture });
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
  }, [tries]);
  return { found, trouble, again: () => setTries(tries + 1) };
}

function CopyLink({ url }: { url: string }) {
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    navigator.clipboard.writeText(url).then(
      () => setCopied(true),
      (error: DOMException) => console.warn("x copy:", error.name),
    );
  };
  if (!("clipboard" in navigator)) return <p class="url">{url}</p>; // plain http
  return (
    <Button icon={copied ? "check" : "copy"} onClick={copy}>
      {copied ? room.copied : room.copyLink}
    </Button>
  );
}
