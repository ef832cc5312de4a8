import { Icon } from "../components/Icon";
import { recording as words } from "../i18n/recording";
import type { View } from "../protocol";
import { running } from "../recording";
import "../styles/recording.css";

/** In every hall, before joining and in the session: that it is recorded, and who began that. */
export function RecordingRow({ seen }: { seen: View }) {
  const now = running(seen.conference);
  return (
    <div role="status" class={now ? "rec-row" : "vh"} data-testid="recorded">
      {now && (
        <>
          <Icon name="rec" />
          <p>
            <b>{words.on}.</b> {words.by(now.by)}
          </p>
        </>
      )}
    </div>
  );
}

/** The same in one line of a page's top. */
export function RecordingSign({ seen }: { seen: View }) {
  const now = running(seen.conference);
  return (
    <span role="status" class={now ? "rec-sign" : "vh"} data-testid="recorded" title={now ? words.by(now.by) : ""}>
      {now && (
        <>
          <Icon name="rec" />
          <b>{words.on}</b>
          <span class="vh">{words.by(now.by)}</span>
        </>
      )}
    </span>
  );
}
