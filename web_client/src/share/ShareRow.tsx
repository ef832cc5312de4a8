import { Button } from "../components/Button";
import { share as words } from "../i18n/share";
import "../styles/share.css";
import { Preview } from "./Preview";
import { shared, stopSharing } from "./share";

/** A row of its own while this page shares: what, how far it has come, and the way out. */
export function ShareRow() {
  if (!shared.value) return null;
  return (
    <div class="share-row">
      <Preview>
        <Button look="danger" icon="stop" onClick={stopSharing} testId="share-stop">
          {words.stop}
        </Button>
      </Preview>
    </div>
  );
}
