import { useState } from "preact/hooks";
import { Alert } from "../../components/Alert";
import { Button } from "../../components/Button";
import { Chip } from "../../components/Chip";
import { Dialog } from "../../components/Dialog";
import { date, time } from "../../format";
import { lang, say } from "../../i18n";
import { common } from "../../i18n/common";
import { office } from "../../i18n/office";
import { archive, type Listed } from "../../office/api";
import { go } from "../../office/state";
import { Wrong } from "../../components/Wrong";
import { Documents } from "./Documents";
import { useTask } from "./useTask";

interface ListProps {
  all: Listed[];
  /** Why what is shown may be old; null: it is not. */
  failed: string | null;
  reload: () => Promise<void>;
}

type Asked = { what: "archive" | "documents"; one: Listed };
type Done = { one: Listed; archived: boolean };

export function List({ all, failed, reload }: ListProps) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const [done, setDone] = useState<Done | null>(null);
  const { busy, wrong, run } = useTask();
  const put = async (one: Listed, on: boolean): Promise<void> => {
    setAsked(null);
    const well = await run(() => archive(one.id, on));
    await reload();
    setDone(well ? { one, archived: on } : null);
  };
  const held = all.filter((one) => !one.archived);
  const archived = all.filter((one) => one.archived);
  const acts = (one: Listed) => ({
    one,
    onArchive: () => setAsked({ what: "archive", one }),
    onRestore: () => void put(one, false),
    onDocuments: () => setAsked({ what: "documents", one }),
  });
  return (
    <main class="sheet">
      <div class="head">
        <h1>{office.title}</h1>
        <Button
          look="primary"
          icon="plus"
          testId="from-example"
          onClick={() => go({ page: "edit", id: null, from: null })}
        >
          {office.fromExample}
        </Button>
      </div>
      <div role="status" data-testid="list-said">
        <Wrong text={wrong ?? failed} />
        {done && (
          <Alert tone="ok" title={done.archived ? office.archivedNow(done.one.title) : office.restoredNow(done.one.title)}>
            {done.archived && (
              <p>
                <Button class="sm" icon="undo" blocked={busy ? office.saving : null} onClick={() => void put(done.one, false)}>
                  {office.undo}
                </Button>
              </p>
            )}
          </Alert>
        )}
      </div>
      <ul class="conferences">
        {held.map((one) => (
          <Row key={one.id} {...acts(one)} />
        ))}
      </ul>
      {held.every((one) => one.origin === "file") && (
        <Alert tone="info" title={office.empty}>
          <p>{office.emptyWhy}</p>
        </Alert>
      )}
      {archived.length > 0 && (
        <section>
          <h2>{office.archive}</h2>
          <ul class="conferences">
            {archived.map((one) => (
              <Row key={one.id} {...acts(one)} />
            ))}
          </ul>
        </section>
      )}
      {asked?.what === "archive" && (
        <Dialog
          title={office.archiveAsk(asked.one.title)}
          testId="archive-dialog"
          onClose={() => setAsked(null)}
          ends={
            <>
              <Button autofocus onClick={() => setAsked(null)}>
                {common.cancel}
              </Button>
              <Button look="danger" testId="archive-yes" onClick={() => void put(asked.one, true)}>
                {office.archiveYes}
              </Button>
            </>
          }
        >
          <p>{office.archiveWhy}</p>
          {asked.one.devices > 0 && <p class="strong">{office.archiveHere(asked.one.devices)}</p>}
        </Dialog>
      )}
      {asked?.what === "documents" && <Documents of={asked.one} onClose={() => setAsked(null)} />}
    </main>
  );
}

interface RowProps {
  one: Listed;
  onArchive: () => void;
  onRestore: () => void;
  onDocuments: () => void;
}

function Row({ one, onArchive, onRestore, onDocuments }: RowProps) {
  const fixed = one.origin === "file";
  return (
    <li data-conference={one.id}>
      <div class="what">
        <h2>{one.title}</h2>
        <p class="facts">
          <State one={one} />
          {fixed && <Chip icon="lock">{office.fromFile}</Chip>}
          <span>{one.id}</span>
          <span>{when(one)}</span>
          {!one.wrong && <span>{office.rooms(one.rooms)}</span>}
          {one.devices > 0 && <Chip icon="device" tone="ok">{office.devices(one.devices)}</Chip>}
        </p>
        {one.wrong && <p class="red">{office.brokenWhy(say(one.wrong))}</p>}
        {fixed && <p class="hint">{office.fromFileWhy}</p>}
      </div>
      <div class="acts">
        <Button icon="qr" blocked={one.wrong ? office.broken : null} onClick={() => go({ page: "links", id: one.id })}>
          {office.links}
        </Button>
        {!fixed && (
          <Button icon="pen" blocked={barred(one)} onClick={() => go({ page: "edit", id: one.id, from: null })}>
            {office.edit}
          </Button>
        )}
        <Button
          icon="copy"
          blocked={one.wrong ? office.broken : null}
          onClick={() => go({ page: "edit", id: null, from: one.id })}
        >
          {office.copy}
        </Button>
        <Button icon="doc" onClick={onDocuments}>
          {office.documents}
        </Button>
        {!fixed && one.archived && (
          <Button icon="undo" onClick={onRestore} testId="restore">
            {office.restore}
          </Button>
        )}
        {!fixed && !one.archived && (
          <Button icon="save" blocked={unarchivable(one)} onClick={onArchive} testId="archive">
            {office.archiveDo}
          </Button>
        )}
      </div>
    </li>
  );
}

function State({ one }: { one: Listed }) {
  if (one.archived) return <Chip icon="save">{office.archived}</Chip>;
  if (one.wrong) return <Chip icon="warn" tone="bad">{office.broken}</Chip>;
  switch (one.phase) {
    case "live":
      return <Chip icon="air" tone="air">{common.live}</Chip>;
    case "closed":
      return <Chip icon="check-c">{common.closed}</Chip>;
    case "lobby":
      return <Chip icon="clock" tone="warn">{common.lobby}</Chip>;
    default:
      return <Chip icon="wait">{common.draft}</Chip>;
  }
}

function when(one: Listed): string {
  if (one.starts_at === null) return office.noTime;
  return `${date(one.starts_at, one, lang.value)}, ${time(one.starts_at, one, false)}`;
}

/** Why it cannot be edited; null: it can. */
function barred(one: Listed): string | null {
  if (one.archived) return office.editArchived;
  if (one.wrong) return office.broken;
  return one.phase === "closed" ? office.editClosed : null;
}

function unarchivable(one: Listed): string | null {
  if (one.wrong) return office.broken;
  return one.phase === "live" ? office.archiveLive : null;
}
