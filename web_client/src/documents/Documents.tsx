import { useState } from "preact/hooks";
import { useSaving } from "../attendance/useSaving";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { Icon } from "../components/Icon";
import { Wrong } from "../components/Wrong";
import { common } from "../i18n/common";
import { documents as words } from "../i18n/documents";
import type { View } from "../protocol";
import "../styles/attendance.css";
import { downloadMinutes, downloadPact, KINDS } from "./api";

interface DocumentsProps {
  seen: View;
  onClose: () => void;
}

/** The minutes and the signed pact, written by the server from its journal: drafts until the end. */
export function Documents({ seen, onClose }: DocumentsProps) {
  const { conference, pact } = seen;
  const { save, saving, saved, failed } = useSaving();
  const [asked, setAsked] = useState("");
  const file = (name: string, kind: string, testId: string, download: () => Promise<void>) => (
    <Button
      icon="save"
      blocked={saving ? words.making(asked) : null}
      testId={testId}
      onClick={() => {
        setAsked(`${name} (${kind})`);
        save(download);
      }}
    >
      <span class="vh">{name} </span>
      {kind}
    </Button>
  );
  return (
    <Dialog
      title={words.title}
      class="wide"
      testId="documents"
      onClose={onClose}
      ends={
        <Button look="primary" onClick={onClose}>
          {common.close}
        </Button>
      }
    >
      <p>{conference.phase === "closed" ? words.final : words.draft}</p>
      <section class="exports">
        <dl>
          <div>
            <dt>{words.minutes}</dt>
            <dd>
              {KINDS.map((kind) =>
                file(words.minutes, kind.toUpperCase(), `minutes-${kind}`, () =>
                  downloadMinutes(conference.id, kind),
                ),
              )}
            </dd>
          </div>
          <div>
            <dt>{words.pact}</dt>
            <dd>
              {pact
                ? file(words.pact, "PDF", "pact-pdf", () => downloadPact(conference.id))
                : words.noPact}
            </dd>
          </div>
        </dl>
        <p class="muted">{words.which}</p>
        <div role="status" data-testid="documents-said">
          {saving && (
            <p>
              <Icon name="load" spin /> {words.making(asked)}
            </p>
          )}
          {saved && (
            <p class="green">
              <Icon name="check-c" /> {words.saved(asked)}
            </p>
          )}
        </div>
        <Wrong text={failed} />
      </section>
    </Dialog>
  );
}
