import { useEffect, useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Icon } from "../../components/Icon";
import { Wrong } from "../../components/Wrong";
import { isTrouble, troubleSaid } from "../../http";
import { office } from "../../i18n/office";
import { example, type Listed, open } from "../../office/api";
import { readDraft, settle } from "../../office/state";
import { copied, freeId, type Table } from "../../office/table";
import { EditForm } from "./EditForm";

interface EditProps {
  /** null: a new one, from `from`, or else from the example. */
  id: string | null;
  from: string | null;
  all: Listed[];
  reload: () => Promise<void>;
}

interface Begun {
  table: Table;
  version: string | null;
  listed: Listed | null;
}

/** Fetches what is to be edited. */
export function Edit({ id, from, all, reload }: EditProps) {
  const [begun, setBegun] = useState<Begun | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let gone = false;
    begin(id, from, all).then(
      (found) => {
        if (!gone) setBegun(found);
      },
      (error: unknown) => {
        if (!isTrouble(error)) throw error;
        if (!gone) setFailed(troubleSaid(error));
      },
    );
    return () => {
      gone = true;
    };
  }, [id, from, tries]);
  const of = id ?? `+${from ?? ""}`;
  if (begun) return <EditForm {...begun} id={id} of={of} draft={readDraft(of)} reload={reload} />;
  return (
    <main class="sheet" aria-busy={failed === null}>
      {failed === null ? (
        <p role="status">
          <Icon name="load" spin /> {office.loading}
        </p>
      ) : (
        <>
          <Wrong text={failed} />
          <p class="acts">
            <Button onClick={() => settle({ page: "list" })}>{office.back}</Button>
            <Button
              look="primary"
              onClick={() => {
                setFailed(null);
                setTries(tries + 1);
              }}
            >
              {office.again}
            </Button>
          </p>
        </>
      )}
    </main>
  );
}

async function begin(id: string | null, from: string | null, all: Listed[]): Promise<Begun> {
  const taken = all.map((one) => one.id);
  if (id !== null) {
    const { table, version, listed } = await open(id);
    return { table, version, listed };
  }
  if (from !== null) {
    return { table: copied((await open(from)).table, taken), version: null, listed: null };
  }
  const table = await example();
  return { table: { ...table, id: freeId(table.id, taken) }, version: null, listed: null };
}
