import { Alert } from "../components/Alert";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { common } from "../i18n/common";
import { share as words } from "../i18n/share";
import "../styles/share.css";
import { Preview } from "./Preview";
import { asking, otherCameras, problem, problemSaid, shared, shareDocuments, shareScreen, stopSharing } from "./share";

/** What this page could show to all: a screen, a second camera; or what it shows now. */
export function ShareDialog({ hub, onClose }: { hub: boolean; onClose: () => void }) {
  const close = (): void => {
    problem.value = null;
    onClose();
  };
  const then = (): void => {
    if (shared.value) close();
  };
  const go = (work: () => Promise<void>) => (): void => {
    work().then(then, (error: unknown) => console.warn("x share:", error));
  };
  const said = problemSaid();
  return (
    <Dialog title={words.title} onClose={close} testId="share-dialog" ends={<Button onClick={close}>{common.close}</Button>}>
      {shared.value ? (
        <Preview>
          <Button look="danger" icon="stop" onClick={stopSharing} testId="share-stop-dialog">
            {words.stop}
          </Button>
        </Preview>
      ) : (
        <div class="share-choices">
          <p class="muted">{hub ? words.hub : words.hall}</p>
          {said && (
            <div role="alert" data-testid="share-problem">
              <Alert tone="warn" title={said} />
            </div>
          )}
          <Button look="primary" icon="share-screen" autofocus onClick={go(shareScreen)} testId="share-screen">
            {words.screen}
          </Button>
          <p class="muted">{asking.value ? words.asking : words.screenHow}</p>
          {otherCameras.value.map((camera) => (
            <Button
              key={camera.deviceId}
              icon="doc"
              onClick={go(() => shareDocuments(camera.deviceId))}
              testId="share-documents"
            >
              {camera.label ? words.documentsNamed(camera.label) : words.documents}
            </Button>
          ))}
          {otherCameras.value.length === 0 && (
            <>
              <Button icon="doc" blocked={words.noCamera} onClick={onClose}>
                {words.documents}
              </Button>
              <p class="muted" aria-hidden="true">
                {words.noCamera}
              </p>
            </>
          )}
        </div>
      )}
    </Dialog>
  );
}
