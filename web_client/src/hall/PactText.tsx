import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { common } from "../i18n/common";
import { hall as words } from "../i18n/hall";
import type { PactView } from "../protocol";
import { shortHash } from "./signing";

/** All of what is signed, with what it can be known again by. */
export function PactText({ pact }: { pact: PactView }) {
  return (
    <article class="pact-text" lang="id">
      <h3>{pact.title}</h3>
      {pact.preamble && <p>{pact.preamble}</p>}
      <ol>
        {pact.points.map((text, n) => (
          <li key={n}>{text}</li>
        ))}
      </ol>
      {pact.closing && <p>{pact.closing}</p>}
      <Fingerprint hash={pact.hash} />
    </article>
  );
}

export function Fingerprint({ hash }: { hash: string }) {
  return (
    <p class="fingerprint muted" title={hash}>
      {words.fingerprint} <code>{shortHash(hash)}</code>
    </p>
  );
}

interface PactDialogProps {
  pact: PactView;
  onClose: () => void;
}

export function PactDialog({ pact, onClose }: PactDialogProps) {
  return (
    <Dialog
      title={words.pact}
      onClose={onClose}
      class="pact-dialog"
      testId="pact-text"
      ends={
        <Button look="primary" onClick={onClose}>
          {common.close}
        </Button>
      }
    >
      <PactText pact={pact} />
    </Dialog>
  );
}
