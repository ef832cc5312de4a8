import { useEffect, useState } from "preact/hooks";
import { Alert } from "../../components/Alert";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { Wrong } from "../../components/Wrong";
import { isTrouble, troubleSaid } from "../../http";
import { lang } from "../../i18n";
import { office } from "../../i18n/office";
import { fetchFile, type LinkRow, links, open, type Opened, release, renew } from "../../office/api";
import { go } from "../../office/state";
import { EndDialog, QrDialog, RevokeDialog } from "./LinkDialogs";
import { LinkTable } from "./LinkTable";
import { Record } from "./Record";
import { useTask } from "./useTask";

interface LinksProps {
  id: string;
  reload: () => Promise<void>;
}

export type Act = "qr" | "end" | "revoke" | "renew" | "release" | "hold";

/** Who may come into a conference, by which link, until when. */
export function Links({ id, reload }: LinksProps) {
  const { opened, rows, now, failed, load } = useRows(id);
  const [asked, setAsked] = useState<{ act: Act; row: LinkRow } | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const [edition, setEdition] = useState(0);
  const { busy, wrong, run } = useTask();
  const changed = async (said: string): Promise<void> => {
    setAsked(null);
    setDone(said);
    setEdition(edition + 1);
    await load();
    await reload();
  };
  const act = (what: Act, row: LinkRow): void => {
    setDone(null);
    if (what === "renew") {
      void run(async () => {
        await renew(id, row.link);
        await changed(office.renewed(row.name));
      });
    } else if (what === "release" || what === "hold") {
      void run(async () => {
        await release(id, row.link, what === "release");
        await changed(what === "release" ? office.released(row.name) : office.held(row.name));
      });
    } else setAsked({ act: what, row });
  };
  const file = (name: string) => () => void run(() => fetchFile(id, name, lang.value));
  const title = opened?.listed.title ?? id;
  const resting = opened?.listed.archived ?? false;
  const blocked = busy ? office.making : resting ? office.linksRest : null;
  return (
    <main class="sheet">
      <div class="head">
        <h1>{office.linksTitle(title)}</h1>
        <Button onClick={() => go({ page: "list" })} testId="office-back">
          {office.back}
        </Button>
      </div>
      {resting ? <Alert tone="warn" title={office.linksRest} /> : <p class="hint">{office.linksWhy}</p>}
      <p class="acts">
        <Button look="primary" icon="qr" blocked={blocked} onClick={file("join.pdf")} testId="print-join">
          {office.printJoin}
        </Button>
        <Button icon="doc" blocked={blocked} onClick={file("doors.pdf")} testId="print-doors">
          {office.printDoors}
        </Button>
        <Button icon="save" blocked={busy ? office.making : null} onClick={file("links.csv")} testId="links-csv">
          {office.csv}
        </Button>
      </p>
      <div role="status" data-testid="links-said">
        {busy && <p class="muted">{office.making}</p>}
        <Wrong text={wrong ?? failed} />
        {done && <Alert tone="ok" title={done} />}
      </div>
      {failed !== null && !rows && (
        <p class="acts">
          <Button onClick={() => void load()}>{office.again}</Button>
        </p>
      )}
      {rows && opened ? (
        <LinkTable rows={rows} now={now} opened={opened} onAct={act} />
      ) : (
        failed === null && (
          <p role="status">
            <Icon name="load" spin /> {office.loading}
          </p>
        )
      )}
      {rows && <Record id={id} zone={opened?.listed ?? null} edition={edition} />}
      {asked?.act === "qr" && <QrDialog id={id} row={asked.row} onClose={() => setAsked(null)} />}
      {asked?.act === "end" && opened && (
        <EndDialog id={id} row={asked.row} zone={opened.listed} onClose={() => setAsked(null)} onDone={changed} />
      )}
      {asked?.act === "revoke" && (
        <RevokeDialog id={id} row={asked.row} onClose={() => setAsked(null)} onDone={changed} />
      )}
    </main>
  );
}

function useRows(id: string) {
  const [opened, setOpened] = useState<Opened | null>(null);
  const [rows, setRows] = useState<LinkRow[] | null>(null);
  const [now, setNow] = useState(0);
  const [failed, setFailed] = useState<string | null>(null);
  const load = async (): Promise<void> => {
    try {
      const [about, found] = await Promise.all([open(id), links(id)]);
      setOpened(about);
      setRows(found.links);
      setNow(found.now);
      setFailed(null);
    } catch (error) {
      if (!isTrouble(error)) throw error;
      setFailed(troubleSaid(error));
    }
  };
  useEffect(() => void load(), [id]);
  return { opened, rows, now, failed, load };
}
