import { useState } from "preact/hooks";
import { Alert } from "../components/Alert";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { Icon } from "../components/Icon";
import { time } from "../format";
import { say } from "../i18n";
import { common } from "../i18n/common";
import { server as words } from "../i18n/server";
import type { CheckView, ConferenceView } from "../protocol";
import { parted, serverChecks, worst } from "../server";
import "../styles/server.css";

type Zone = Pick<ConferenceView, "timezone" | "timezone_label">;

/** Across the control room, in the place of its title: nobody new should come, and why. */
export function ServerTop({ zone }: { zone: Zone }) {
  const first = worst(serverChecks.value);
  if (!first) return null;
  const [title, rest] = parted(say(first.text));
  return (
    <div class="loud server-top" data-testid="server">
      <Icon name="warn" />
      <p role="alert" key={`${first.name} ${title}`}>
        <b>{title}</b>
        <span>{rest}</span>
      </p>
      <ServerMore zone={zone} />
    </div>
  );
}

/** What only needs somebody's hand takes no place but a button's. */
export function ServerMore({ zone, quiet }: { zone: Zone; quiet?: boolean }) {
  const [open, setOpen] = useState(false);
  const checks = serverChecks.value;
  if (checks.length === 0) return null;
  return (
    <>
      <Button
        class="sm"
        look={quiet ? "quiet" : undefined}
        icon="warn"
        title={words.moreOf(checks.length)}
        onClick={() => setOpen(true)}
        testId="server-more"
      >
        {quiet ? words.title : words.more}
      </Button>
      {open && <ServerDialog checks={checks} zone={zone} onClose={() => setOpen(false)} />}
    </>
  );
}

interface ServerDialogProps {
  checks: readonly CheckView[];
  zone: Zone;
  onClose: () => void;
}

function ServerDialog({ checks, zone, onClose }: ServerDialogProps) {
  return (
    <Dialog
      title={words.title}
      onClose={onClose}
      testId="server-dialog"
      ends={
        <Button onClick={onClose} autofocus>
          {common.close}
        </Button>
      }
    >
      <CheckList checks={checks} zone={zone} />
    </Dialog>
  );
}

/** On the technician's page all stand in full: somebody is to do something. */
export function ServerStrip({ zone }: { zone: Zone }) {
  const checks = serverChecks.value;
  return (
    <div class="server-strip" role="status" data-testid="server">
      {checks.length > 0 && <CheckList checks={checks} zone={zone} />}
    </div>
  );
}

function CheckList({ checks, zone }: { checks: readonly CheckView[]; zone: Zone }) {
  return (
    <ul class="server-checks">
      {checks.map((one) => {
        const [title, rest] = parted(say(one.text));
        return (
          <li key={one.name} data-check={one.name} data-state={one.state}>
            <Alert tone={one.state === "fail" ? "bad" : "warn"} title={title}>
              {rest && <p>{rest}</p>}
              <p class="muted">{words.since(time(one.since, zone))}</p>
            </Alert>
          </li>
        );
      })}
    </ul>
  );
}
