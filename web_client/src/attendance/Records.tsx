import { useRef, useState } from "preact/hooks";
import { saveCsv } from "../blobs";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { Icon } from "../components/Icon";
import { Wrong } from "../components/Wrong";
import { isTrouble, troubleSaid } from "../http";
import { lang, say } from "../i18n";
import { attendance as words } from "../i18n/attendance";
import { common } from "../i18n/common";
import type { View } from "../protocol";
import "../styles/attendance.css";
import {
  downloadExport,
  downloadPosters,
  type Export,
  type Imported,
  importExpected,
  MOST_BYTES,
  sampleCsv,
} from "./api";
import { useSaving } from "./useSaving";

interface RecordsProps {
  seen: View;
  onClose: () => void;
}

/** For all rooms at once: the expected list in, what happened out. */
export function Records({ seen, onClose }: RecordsProps) {
  return (
    <Dialog
      title={words.records}
      class="wide"
      testId="records"
      onClose={onClose}
      ends={
        <Button look="primary" onClick={onClose}>
          {common.close}
        </Button>
      }
    >
      {seen.conference.phase !== "closed" && <Import seen={seen} />}
      <Exports seen={seen} />
    </Dialog>
  );
}

type Sent = { kind: "idle" } | { kind: "sending" } | { kind: "failed"; said: string } | Imported;

function Import({ seen }: { seen: View }) {
  const [sent, setSent] = useState<Sent>({ kind: "idle" });
  const [over, setOver] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const send = async (file: File | undefined): Promise<void> => {
    setOver(false);
    if (!file || sent.kind === "sending") return;
    if (file.size > MOST_BYTES) return setSent({ kind: "failed", said: words.tooLarge });
    setSent({ kind: "sending" });
    try {
      setSent(await importExpected(seen.conference.id, file));
    } catch (error) {
      if (!isTrouble(error)) throw error;
      setSent({ kind: "failed", said: troubleSaid(error) });
    } finally {
      if (field.current) field.current.value = ""; // the same file once more, corrected
    }
  };
  return (
    <section class="import">
      <h3 class="label">{words.importTitle}</h3>
      <p class="muted">{words.importHow}</p>
      <div
        class={over ? "dropzone is-over" : "dropzone"}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          void send(event.dataTransfer?.files[0]);
        }}
      >
        <input
          ref={field}
          class="vh"
          type="file"
          accept=".csv,text/csv"
          tabIndex={-1}
          aria-label={words.pick}
          data-testid="import-file"
          onChange={(event) => void send(event.currentTarget.files?.[0])}
        />
        <Button icon="doc" testId="import-pick" onClick={() => field.current?.click()}>
          {words.pick}
        </Button>
        <span class="muted dk">{words.orDrop}</span>
        <Button look="quiet" icon="save" onClick={() => saveSample(seen)}>
          {words.sample}
        </Button>
      </div>
      <div role="status" data-testid="import-said">
        <Said sent={sent} />
      </div>
    </section>
  );
}

/** Lines that are shown; a person corrects them, then sends again. */
const MOST_SHOWN = 50;

function Said({ sent }: { sent: Sent }) {
  switch (sent.kind) {
    case "idle":
      return null;
    case "sending":
      return (
        <p>
          <Icon name="load" spin /> {words.sending}
        </p>
      );
    case "failed":
      return <Wrong text={sent.said} />;
    case "taken":
      return (
        <p class="green strong">
          <Icon name="check-c" /> {words.imported(sent.persons, Object.keys(sent.rooms).length)}
        </p>
      );
    case "bad":
      return (
        <div class="bad-list">
          <Wrong text={say(sent.text)} />
          {sent.errors.length > 0 && <p>{words.badList}</p>}
          <ol>
            {sent.errors.slice(0, MOST_SHOWN).map((one) => (
              <li key={`${one.line} ${one.text.en}`}>
                <b>{words.line(one.line)}</b> {say(one.text)}
              </li>
            ))}
          </ol>
          {sent.errors.length > MOST_SHOWN && <p>{words.moreErrors(sent.errors.length - MOST_SHOWN)}</p>}
        </div>
      );
  }
}

function saveSample({ conference, rooms }: View): void {
  const codes = rooms.map((room) => room.code);
  saveCsv(`${conference.id}.csv`, sampleCsv(codes, conference.roles, lang.value));
}

function Exports({ seen }: { seen: View }) {
  const { save, saving, failed } = useSaving();
  const { id } = seen.conference;
  const file = (what: Export, kind: string) => (
    <Button
      icon="save"
      blocked={saving ? words.sending : null}
      testId={`export-${what}`}
      onClick={() => save(() => downloadExport(id, what))}
    >
      {kind}
    </Button>
  );
  return (
    <section class="exports">
      <h3 class="label">{words.exportTitle}</h3>
      <dl>
        <div>
          <dt>{words.exportList}</dt>
          <dd>
            {file("attendance.csv", "CSV")}
            {file("attendance.json", "JSON")}
          </dd>
        </div>
        <div>
          <dt>{words.exportCounts}</dt>
          <dd>
            {file("counts.csv", "CSV")}
            {file("counts.json", "JSON")}
          </dd>
        </div>
        <div>
          <dt>{words.exportReport}</dt>
          <dd>{file("headcount.pdf", "PDF")}</dd>
        </div>
        <div>
          <dt>{words.exportPosters}</dt>
          <dd>
            <Button
              icon="save"
              blocked={saving ? words.sending : null}
              testId="export-posters"
              onClick={() => save(() => downloadPosters(id, null))}
            >
              PDF
            </Button>
          </dd>
        </div>
      </dl>
      <Wrong text={failed} />
    </section>
  );
}
