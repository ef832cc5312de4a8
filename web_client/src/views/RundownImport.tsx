import { useRef, useState } from "preact/hooks";
import { type Imported, MOST_ITEMS, readRundown, type Wrong as Fault } from "../ceremony/csv";
import { replaced } from "../ceremony/rundown";
import { useEdit } from "../ceremony/useEdit";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { Wrong } from "../components/Wrong";
import { say } from "../i18n";
import { ceremony } from "../i18n/ceremony";
import { common } from "../i18n/common";
import type { ItemView, View } from "../protocol";

const MOST_BYTES = 1_000_000;
/** Lines that are shown; a person corrects them, then chooses the file again. */
const MOST_SHOWN = 20;

interface ImportProps {
  seen: View;
  onClose: () => void;
}

/** A table from a spreadsheet: read first, told what is wrong, and only then put in place. */
export function RundownImport({ seen, onClose }: ImportProps) {
  const [read, setRead] = useState<Imported | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const { edit, refused } = useEdit(seen);
  const take = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    const text = await textOf(file);
    setFailed(text.ok ? null : text.why);
    setRead(text.ok ? readRundown(text.text, seen.rooms) : null);
    if (field.current) field.current.value = ""; // the same file once more, corrected
  };
  const items = read && read.wrong.length === 0 ? read.items : null;
  const put = async (list: ItemView[]): Promise<void> => {
    if (list.length > MOST_ITEMS) return setFailed(ceremony.importMany);
    if (await edit(list)) onClose();
  };
  return (
    <Dialog
      title={ceremony.importTitle}
      class="wide"
      testId="import-dialog"
      onClose={onClose}
      ends={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          {items && (
            <>
              <Button testId="import-append" onClick={() => void put([...seen.rundown.items, ...items])}>
                {ceremony.importAppend}
              </Button>
              <Button look="primary" testId="import-replace" onClick={() => void put(replaced(seen, items))}>
                {ceremony.importReplace}
              </Button>
            </>
          )}
        </>
      }
    >
      <p class="muted">{ceremony.importHow}</p>
      <input
        ref={field}
        class="vh"
        type="file"
        accept=".csv,text/csv"
        tabIndex={-1}
        aria-label={ceremony.importPick}
        data-testid="rundown-file"
        onChange={(event) => void take(event.currentTarget.files?.[0])}
      />
      <div class="bt">
        <Button icon="doc" testId="rundown-pick" autofocus onClick={() => field.current?.click()}>
          {ceremony.importPick}
        </Button>
      </div>
      <div role="status" data-testid="rundown-read">
        <Wrong text={failed ?? (refused && say(refused))} />
        {read && <Read read={read} />}
      </div>
    </Dialog>
  );
}

type Text = { ok: true; text: string } | { ok: false; why: string };

/** UTF-8 alone: a wrong guess would spoil names. */
export async function textOf(file: File): Promise<Text> {
  if (file.size > MOST_BYTES) return { ok: false, why: ceremony.importLarge };
  try {
    const bytes = await file.arrayBuffer();
    return { ok: true, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch (error) {
    if (error instanceof TypeError || error instanceof DOMException) {
      return { ok: false, why: ceremony.importUnread };
    }
    throw error;
  }
}

function Read({ read: { items, wrong } }: { read: Imported }) {
  if (wrong.length === 0) return <p class="green">{ceremony.importRead(items.length)}</p>;
  return (
    <>
      <p class="err">{ceremony.importWrong(wrong.length)}</p>
      <ul class="faults">
        {wrong.slice(0, MOST_SHOWN).map((fault) => (
          <li key={`${fault.line} ${fault.what}`}>{ceremony.line(fault.line, faultSaid(fault))}</li>
        ))}
        {wrong.length > MOST_SHOWN && <li>{ceremony.moreLines(wrong.length - MOST_SHOWN)}</li>}
      </ul>
    </>
  );
}

export function faultSaid({ what, said }: Fault): string {
  switch (what) {
    case "kind":
      return ceremony.wrongKind(said);
    case "title":
      return ceremony.wrongTitle;
    case "minutes":
      return ceremony.wrongMinutes(said);
    case "room":
      return ceremony.wrongRoom(said);
    case "notes":
      return ceremony.wrongNotes;
    case "point":
      return ceremony.wrongPoint(said);
    case "hush":
      return ceremony.wrongHush(said);
    case "columns":
      return ceremony.wrongColumns(said);
    case "empty":
      return ceremony.wrongEmpty;
    case "many":
      return ceremony.wrongMany;
    case "quote":
      return ceremony.wrongQuote;
  }
}
