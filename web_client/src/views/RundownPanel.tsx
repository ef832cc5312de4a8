import { useEffect, useRef, useState } from "preact/hooks";
import { saveCsv } from "../blobs";
import { writeRundown } from "../ceremony/csv";
import { hasRundown, itemOf, isOver } from "../ceremony/rundown";
import { ON_TIME_MS, timing } from "../ceremony/timing";
import { type Editor, useEdit } from "../ceremony/useEdit";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { Icon } from "../components/Icon";
import { Wrong } from "../components/Wrong";
import { isOpen } from "../control/state";
import type { Act } from "../control/useAct";
import { duration, time } from "../format";
import { say } from "../i18n";
import { ceremony } from "../i18n/ceremony";
import { common } from "../i18n/common";
import { documents } from "../i18n/documents";
import type { ItemView, View } from "../protocol";
import { clock } from "../store";
import { RundownForm } from "./RundownForm";
import { RundownImport } from "./RundownImport";
import { RundownList } from "./RundownList";
import { Turns } from "./Turns";

interface PanelProps {
  seen: View;
  act: Act;
  onDocuments: () => void;
}

/** What is asked over the page; `after`: where a new item goes, null: at the end. */
type Asked =
  | { what: "new"; after: string | null }
  | { what: "edit" | "remove"; item: ItemView }
  | { what: "import" };

/** The rundown: what ran, what is on, what comes; each item can be opened, moved and changed. */
export function RundownPanel({ seen, act, onDocuments }: PanelProps) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const [opened, setOpened] = useState<string | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const editor = useEdit(seen);
  useCurrentInSight(scroller.current, seen.conference.progress.current);
  const close = (): void => setAsked(null);
  const after = opened && itemOf(seen, opened) ? opened : null;
  return (
    <div class="rundown">
      <div class="scroll" ref={scroller}>
        {!hasRundown(seen) && (
          <div class="none">
            <p class="strong">{ceremony.empty}</p>
            <p class="muted">{ceremony.emptyWhy}</p>
          </div>
        )}
        <RundownList
          seen={seen}
          act={act}
          editor={editor}
          opened={opened}
          onOpen={(id) => setOpened(id === opened ? null : id)}
          onEdit={(item) => setAsked({ what: "edit", item })}
          onRemove={(item) => setAsked({ what: "remove", item })}
        />
        <Tools
          seen={seen}
          editor={editor}
          onAdd={() => setAsked({ what: "new", after })}
          onImport={() => setAsked({ what: "import" })}
          onDocuments={onDocuments}
        />
        {!hasRundown(seen) && <Turns seen={seen} />}
      </div>
      {hasRundown(seen) && <Foot seen={seen} />}
      {asked?.what === "new" && <RundownForm seen={seen} item={null} after={asked.after} onClose={close} />}
      {asked?.what === "edit" && <RundownForm seen={seen} item={asked.item} after={null} onClose={close} />}
      {asked?.what === "remove" && <RemoveDialog seen={seen} item={asked.item} editor={editor} onClose={close} />}
      {asked?.what === "import" && <RundownImport seen={seen} onClose={close} />}
    </div>
  );
}

/** The item that begins is scrolled into the list's upper third; the page itself stays. */
function useCurrentInSight(scroller: HTMLElement | null, current: string | null): void {
  useEffect(() => {
    const row = scroller?.querySelector<HTMLElement>("[aria-current=step]");
    if (scroller && row) scroller.scrollTop = row.offsetTop - scroller.clientHeight / 3;
  }, [scroller, current]);
}

interface ToolsProps {
  seen: View;
  editor: Editor;
  onAdd: () => void;
  onImport: () => void;
  onDocuments: () => void;
}

function Tools({ seen, editor, onAdd, onImport, onDocuments }: ToolsProps) {
  const blocked = isOpen(seen.conference.phase) ? null : ceremony.editClosed;
  const { items } = seen.rundown;
  const save = (): void => saveCsv(`${seen.conference.id}-rundown.csv`, writeRundown(items, seen.rooms));
  return (
    <div class="tools">
      <Wrong text={editor.refused && say(editor.refused)} />
      <div class="bt">
        <Button icon="plus" class="sm" testId="item-add" blocked={blocked} onClick={onAdd}>
          {ceremony.add}
        </Button>
        <Button
          icon="undo"
          class="sm"
          testId="edit-undo"
          blocked={blocked ?? (editor.canBack ? null : ceremony.undoEditNone)}
          onClick={() => void editor.back()}
        >
          {ceremony.undoEdit}
        </Button>
        <Button icon="doc" class="sm" testId="rundown-import" blocked={blocked} onClick={onImport}>
          {ceremony.importCsv}
        </Button>
        {items.length > 0 && (
          <Button icon="save" class="sm" testId="rundown-export" onClick={save}>
            {ceremony.exportCsv}
          </Button>
        )}
        <Button icon="doc" class="sm" kbd="C" testId="documents-open" onClick={onDocuments}>
          {documents.open}
        </Button>
      </div>
      {items.length > 0 && <p class="faint dk">{ceremony.rowHow}</p>}
    </div>
  );
}

/** How far behind the plan, and when it will end. */
function Foot({ seen }: { seen: View }) {
  const { behind, endsAt } = timing(seen, clock.value);
  const begun = seen.conference.progress.runs.length > 0;
  const late = behind > ON_TIME_MS;
  const end = endsAt === null ? "" : ceremony.endsAbout(time(endsAt, seen.conference, false));
  return (
    <div class="more" data-testid="rundown-foot">
      <span class={late ? "amber" : undefined} data-testid="behind">
        <Icon name="clock" />
        {endsAt === null ? restSaid(seen) : begun || late ? behindSaid(behind) : ceremony.notBegun}
      </span>
      <span>{end}</span>
    </div>
  );
}

function restSaid(seen: View): string {
  return isOver(seen) ? ceremony.over : ceremony.notBegun;
}

function behindSaid(behind: number): string {
  if (Math.abs(behind) <= ON_TIME_MS) return ceremony.onTime;
  return behind > 0 ? ceremony.behind(duration(behind)) : ceremony.ahead(duration(-behind));
}

interface RemoveProps {
  seen: View;
  item: ItemView;
  editor: Editor;
  onClose: () => void;
}

function RemoveDialog({ seen, item, editor, onClose }: RemoveProps) {
  const remove = async (): Promise<void> => {
    if (await editor.edit(seen.rundown.items.filter((one) => one.id !== item.id))) onClose();
  };
  return (
    <Dialog
      title={ceremony.removeAsk(item.title)}
      onClose={onClose}
      ends={
        <>
          <Button onClick={onClose} autofocus>
            {common.cancel}
          </Button>
          <Button look="danger" icon="bin" testId="remove-yes" onClick={() => void remove()}>
            {ceremony.removeYes}
          </Button>
        </>
      }
    >
      <p>{ceremony.removeWhy}</p>
      <Wrong text={editor.refused && say(editor.refused)} />
    </Dialog>
  );
}
