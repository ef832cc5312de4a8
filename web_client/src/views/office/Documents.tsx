import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Wrong } from "../../components/Wrong";
import { lang } from "../../i18n";
import { common } from "../../i18n/common";
import { office } from "../../i18n/office";
import { fetchFile, type Listed } from "../../office/api";
import { placeOf } from "../../recorded/api";
import { RecordingList } from "../../recorded/RecordingList";
import "../../styles/recording.css";
import { useTask } from "./useTask";

/** What the journal tells, also of a conference that was put away. */
export function Documents({ of, onClose }: { of: Listed; onClose: () => void }) {
  const { busy, wrong, run } = useTask();
  const files: [file: string, said: string][] = [
    ["minutes.pdf", office.docMinutes("PDF")],
    ["minutes.odt", office.docMinutes("ODT")],
    ["minutes.json", office.docMinutes("JSON")],
    ["pact.pdf", office.docPact],
    ["conference.toml", office.docToml],
  ];
  return (
    <Dialog
      title={office.docsTitle(of.title)}
      testId="documents"
      onClose={onClose}
      ends={
        <Button look="primary" onClick={onClose}>
          {common.close}
        </Button>
      }
    >
      <p class="muted">{office.docsWhy}</p>
      <ul class="files">
        {files.map(([file, said]) => (
          <li key={file}>
            <Button
              icon="save"
              blocked={busy ? office.making : null}
              onClick={() => void run(() => fetchFile(of.id, file, lang.value))}
            >
              {said}
            </Button>
          </li>
        ))}
      </ul>
      <RecordingList place={placeOf(of.id, true)} zone={of} fresh="" />
      <div role="status">
        {busy && <p>{office.making}</p>}
        <Wrong text={wrong} />
      </div>
    </Dialog>
  );
}
