import { useEffect, useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { trial } from "../../i18n/trial";
import type { RoomView } from "../../protocol";
import { links, loadLinks } from "../../trial/desk";

interface NoStationProps {
  room: RoomView;
  /** Closed while an earlier run is what one came for. */
  open: boolean;
}

/** A room without a test page: what to do, and the link to send. */
export function NoStation({ room, open }: NoStationProps) {
  useEffect(() => void loadLinks(), []);
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
        <p class="muted">{trial.linkMissing}</p>
      )}
      {url && <Copy text={url} label={trial.copyLink} />}
    </details>
  );
}

/** The links of several rooms at once, a line each. */
export function CopyLinks({ rooms }: { rooms: RoomView[] }) {
  useEffect(() => void loadLinks(), []);
  const known = links.value;
  const lines = rooms.flatMap((room) => (known?.[room.code] ? [`${room.title}: ${known[room.code]}`] : []));
  if (lines.length === 0) return <p class="muted">{trial.linkMissing}</p>;
  return <Copy text={lines.join("\n")} label={trial.copyLinks} />;
}

function Copy({ text, label }: { text: string; label: string }) {
  const [said, setSaid] = useState<"" | "copied" | "failed">("");
  const copy = () =>
    void navigator.clipboard.writeText(text).then(
      () => setSaid("copied"),
      (error: unknown) => {
        if (!(error instanceof DOMException)) throw error;
        setSaid("failed");
      },
    );
  return (
    <p class="copy">
      <Button icon={said === "copied" ? "check" : "copy"} onClick={copy} testId="copy-link">
        {said === "copied" ? trial.copied : label}
      </Button>
      <span role="status">{said === "failed" && trial.copyFailed}</span>
    </p>
  );
}
