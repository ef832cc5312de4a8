import { useEffect, useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { trial } from "../../i18n/trial";
import type { RoomView } from "../../protocol";
import { links, loadLinks } from "../../trial/desk";
import { ByHand, copyText } from "./CopyText";

interface NoStationProps {
  room: RoomView;
  /** Closed while an earlier run is what one came for. */
  open: boolean;
}

/** A room without a test page: what to do, and the link to send. */
export function NoStation({ room, open }: NoStationProps) {
  const fetched = useLinks(room.code);
  const url = links.value?.[room.code];
  return (
    <details class="nostation" data-testid="no-station" open={open}>
      <summary>
        <Icon name="device" />
        {trial.noStation}
        <Icon name="down" />
      </summary>
      <p>{trial.noStationWhy}</p>
      <ol>
        <li>{trial.noStation1}</li>
        <li>{trial.noStation2}</li>
        <li>{trial.noStation3}</li>
      </ol>
      {url ? (
        <label class="field">
          <span class="hint">{trial.link}</span>
          <input class="input" readOnly value={url} onFocus={(event) => event.currentTarget.select()} />
        </label>
      ) : (
        <NoLink {...fetched} />
      )}
      {url && <Copy text={url} label={trial.copyLink} shown />}
    </details>
  );
}

/** The links of several rooms at once, a line each. */
export function CopyLinks({ rooms }: { rooms: RoomView[] }) {
  const fetched = useLinks();
  const known = links.value;
  const lines = rooms.flatMap((room) => (known?.[room.code] ? [`${room.title}: ${known[room.code]}`] : []));
  if (lines.length === 0) return <NoLink {...fetched} />;
  return <Copy text={lines.join("\n")} label={trial.copyLinks} />;
}

interface Fetched {
  state: "loading" | "known" | "failed";
  retry: () => void;
}

/** Fetches the links that are not known yet, once more for each `room`. */
function useLinks(room?: string): Fetched {
  const [busy, setBusy] = useState(true);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let gone = false;
    setBusy(true);
    void loadLinks().finally(() => {
      if (!gone) setBusy(false);
    });
    return () => {
      gone = true;
    };
  }, [room, tries]);
  const state = links.value ? "known" : busy ? "loading" : "failed";
  return { state, retry: () => setTries(tries + 1) };
}

/** Why there is no link to show. */
function NoLink({ state, retry }: Fetched) {
  return (
    <>
      <p class="muted" role="status">
        {state === "loading" ? trial.fetching : trial.linkMissing}
      </p>
      {state === "failed" && (
        <Button onClick={retry} testId="links-retry">
          {trial.retry}
        </Button>
      )}
    </>
  );
}

interface CopyProps {
  text: string;
  label: string;
  /** The text stands beside it already. */
  shown?: boolean;
}

function Copy({ text, label, shown = false }: CopyProps) {
  const [said, setSaid] = useState<"" | "copied" | "failed">("");
  const copy = () => void copyText(text).then((left) => setSaid(left === null ? "copied" : "failed"));
  return (
    <>
      <p class="copy">
        <Button icon={said === "copied" ? "check" : "copy"} onClick={copy} testId="copy-link">
          {said === "copied" ? trial.copied : label}
        </Button>
        <span role="status">{said === "failed" && trial.copyFailed}</span>
      </p>
      {said === "failed" && !shown && <ByHand text={text} label={trial.link} />}
    </>
  );
}
