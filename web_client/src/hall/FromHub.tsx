import { Icon } from "../components/Icon";
import { talk as words } from "../i18n/talk";
import type { View } from "../protocol";
import "../styles/talk.css";

/** A row of its own while a moderator speaks to all halls. */
export function FromHub({ seen }: { seen: View }) {
  const said = seen.conference.announcement;
  return (
    <div role="status" class={said ? "from-hub" : "vh"} data-testid="from-hub">
      {said && (
        <>
          <Icon name="mega" />
          <p>
            <b>{words.fromHub}</b>
            <small>{words.fromHubSub(said.by)}</small>
          </p>
        </>
      )}
    </div>
  );
}
