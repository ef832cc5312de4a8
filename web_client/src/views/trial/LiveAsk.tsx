import { useEffect, useState } from "preact/hooks";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { common } from "../../i18n/common";
import { trial } from "../../i18n/trial";
import { isLive } from "../../trial/desk";

interface AskProps {
  onYes: (force: boolean) => void;
  onClose: () => void;
}

/** In a live session a test is wanted twice; else it begins at once. */
export function LiveAsk({ onYes, onClose }: AskProps) {
  const [asks] = useState(isLive.value); // a session that ends meanwhile does not answer for the person
  useEffect(() => {
    if (!asks) onYes(false);
  }, []);
  if (!asks) return null;
  return (
    <Dialog
      title={trial.liveAsk}
      onClose={onClose}
      ends={
        <>
          <Button onClick={onClose} autofocus>
            {common.cancel}
          </Button>
          <Button look="danger" onClick={() => onYes(true)} testId="live-yes">
            {trial.liveYes}
          </Button>
        </>
      }
    >
      <p>{trial.liveWhy}</p>
    </Dialog>
  );
}
