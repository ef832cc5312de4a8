import { Icon } from "../components/Icon";
import { common } from "../i18n/common";
import "../styles/page.css";

/** Before the first welcome: never a blank page. */
export function Waiting() {
  return (
    <main class="alone" aria-busy="true">
      <p class="big" role="status">
        <Icon name="load" spin /> {common.connecting}
      </p>
    </main>
  );
}
