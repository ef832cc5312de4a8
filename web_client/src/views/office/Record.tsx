import { useEffect, useState } from "preact/hooks";
import { Wrong } from "../../components/Wrong";
import type { Zone } from "../../format";
import { isTrouble, troubleSaid } from "../../http";
import { office } from "../../i18n/office";
import { type Noted, record } from "../../office/api";
import { moment } from "./LinkTable";

const MOST_NAMES = 3;

interface RecordProps {
  id: string;
  zone: Zone | null;
  /** Rises with every change: what is shown is then fetched again. */
  edition: number;
}

/** Who prepared what, newest first. */
export function Record({ id, zone, edition }: RecordProps) {
  const [open, setOpen] = useState(false);
  const [entries, setEntries] = useState<Noted[]>([]);
  const [failed, setFailed] = useState<string | null>(null);
  useEffect(() => {
    if (!open) return;
    let gone = false;
    record(id).then(
      (found) => {
        if (!gone) setEntries(found.reverse());
      },
      (error: unknown) => {
        if (!isTrouble(error)) throw error;
        if (!gone) setFailed(troubleSaid(error));
      },
    );
    return () => {
      gone = true;
    };
  }, [id, open, edition]);
  return (
    <details class="record" data-testid="record" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{office.record}</summary>
      <p class="hint">{office.recordWhy}</p>
      <Wrong text={failed} />
      <ol>
        {entries.map((one) => (
          <li key={`${one.at} ${one.what} ${one.links.join()}`}>
            {zone && <time>{moment(one.at, zone)}</time>}
            <b>{one.role === "system" ? office.byServer : one.by || one.role}</b> {said(one)}
          </li>
        ))}
      </ol>
    </details>
  );
}

function said(one: Noted): string {
  const first = one.links.slice(0, MOST_NAMES).join(", ");
  const names = one.links.length > MOST_NAMES ? office.andMore(first, one.links.length - MOST_NAMES) : first;
  switch (one.what) {
    case "links_issued":
      return office.links_issued(names);
    case "link_revoked":
      return office.link_revoked(names);
    case "link_expiry_changed":
      return office.link_expiry_changed(names);
    case "link_released":
      return office.link_released(names);
    case "link_held":
      return office.link_held(names);
    case "plan_changed":
      return office.plan_changed;
    case "conference_archived":
      return office.conference_archived;
    case "conference_restored":
      return office.conference_restored;
    default:
      return office.conference_created;
  }
}
