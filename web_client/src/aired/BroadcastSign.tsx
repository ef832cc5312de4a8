import { onAir } from "../broadcast";
import { Icon } from "../components/Icon";
import { broadcast as words } from "../i18n/broadcast";
import type { View } from "../protocol";
import "../styles/recording.css";

/** In every hall, before joining and in the session: that the public sees it, and who began that. */
export function BroadcastRow({ seen }: { seen: View }) {
  const now = onAir(seen.conference);
  return (
    <div role="status" class={now ? "rec-row" : "vh"} data-testid="aired">
      {now && (
        <>
          <Icon name="public" />
          <p>
            <b>{words.on}.</b> {words.by(now.by)}
          </p>
        </>
      )}
    </div>
  );
}

/** The same in one line of a page's top. */
export function BroadcastSign({ seen }: { seen: View }) {
  const now = onAir(seen.conference);
  return (
    <span role="status" class={now ? "rec-sign" : "vh"} data-testid="aired" title={now ? words.by(now.by) : ""}>
      {now && (
        <>
          <Icon name="public" />
          <b>{words.on}</b>
          <span class="vh">{words.by(now.by)}</span>
        </>
      )}
    </span>
  );
}
