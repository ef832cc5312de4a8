import { BroadcastDialog } from "../aired/BroadcastDialog";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { Icon } from "../components/Icon";
import type { DeskDialog } from "../control/handle";
import { PRINTED } from "../control/keys";
import type { Act } from "../control/useAct";
import { SecondScreen } from "../display/SecondScreen";
import { Documents } from "../documents/Documents";
import { ceremony, keyWords } from "../i18n/ceremony";
import { common } from "../i18n/common";
import { control } from "../i18n/control";
import type { View } from "../protocol";
import { RecordingDialog } from "../recorded/RecordingDialog";
import { ShareDialog } from "../share/ShareDialog";

interface AskDialogProps {
  what: DeskDialog;
  seen: View;
  act: Act;
  onClose: () => void;
}

/** What the desk asks before it happens to everybody, the list of its keys, and its documents. */
export function AskDialog({ what, seen, act, onClose }: AskDialogProps) {
  switch (what) {
    case "end":
      return <EndDialog act={act} onClose={onClose} />;
    case "black":
      return <BlackDialog act={act} onClose={onClose} />;
    case "keys":
      return <KeysDialog onClose={onClose} />;
    case "documents":
      return <Documents seen={seen} onClose={onClose} />;
    case "recording":
      return <RecordingDialog seen={seen} act={act} onClose={onClose} />;
    case "screen":
      return <SecondScreen onClose={onClose} />;
    case "broadcast":
      return <BroadcastDialog seen={seen} act={act} onClose={onClose} />;
    case "share":
      return <ShareDialog hub onClose={onClose} />;
  }
}

type AskProps = Omit<AskDialogProps, "what" | "seen">;

function EndDialog({ onClose, act }: AskProps) {
  const end = () => {
    act({ type: "phase.set", phase: "closed" });
    onClose();
  };
  return (
    <Dialog
      title={control.endAsk}
      onClose={onClose}
      ends={
        <>
          <Button onClick={onClose} autofocus>
            {common.cancel}
          </Button>
          <Button look="danger" icon="stop" onClick={end} testId="end-yes">
            {control.endYes}
          </Button>
        </>
      }
    >
      <p>
        <Icon name="warn" /> {control.endWhy}
      </p>
    </Dialog>
  );
}

/** Enter says yes: it can be taken back at once, and is wanted quickly. */
function BlackDialog({ onClose, act }: AskProps) {
  const black = () => {
    act({ type: "spotlight.black", on: true });
    onClose();
  };
  return (
    <Dialog
      title={ceremony.blackAsk}
      onClose={onClose}
      ends={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button look="danger" icon="moon" onClick={black} autofocus testId="black-yes">
            {ceremony.blackYes}
          </Button>
        </>
      }
    >
      <p>{ceremony.blackWhy}</p>
    </Dialog>
  );
}

function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog
      title={ceremony.keysTitle}
      class="wide"
      testId="keys-dialog"
      onClose={onClose}
      ends={
        <Button onClick={onClose} autofocus>
          {common.close}
        </Button>
      }
    >
      <p class="muted">{ceremony.keysWhy}</p>
      <dl class="keys-list">
        {PRINTED.map(([key, act]) => (
          <div key={act}>
            <dt>
              <kbd>{key === " " ? control.space : key}</kbd>
            </dt>
            <dd>{keyWords[act]}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>1</kbd>–<kbd>9</kbd> <kbd>0</kbd>
          </dt>
          <dd>{keyWords.open}</dd>
        </div>
      </dl>
    </Dialog>
  );
}
