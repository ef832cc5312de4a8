import { Icon } from "../components/Icon";
import { deeds, deedSaid, freshDeed } from "../control/deeds";
import { time } from "../format";
import { deedWords as words } from "../i18n/deeds";
import type { View } from "../protocol";
import { clock } from "../store";

/** What another desk did just now, over the programme; gone by itself. A refusal goes before it. */
export function DeedLine({ seen, hidden }: { seen: View; hidden: boolean }) {
  const deed = hidden ? null : freshDeed(clock.value);
  const said = deed && deedSaid(deed, seen);
  return (
    <div role="status" aria-live="polite">
      {said && (
        <div class="alert info notice deed" data-testid="deed">
          <Icon name="info" />
          <p class="strong">{said}</p>
        </div>
      )}
    </div>
  );
}

/** The last ones, below the tasks. */
export function DeedList({ seen }: { seen: View }) {
  if (deeds.value.length === 0) return null;
  return (
    <section class="deeds" data-testid="deeds">
      <h3>{words.title}</h3>
      <ul>
        {deeds.value.map((deed) => (
          <li key={`${deed.at} ${deed.act} ${deed.room} ${deed.what}`}>
            <time>{time(deed.at, seen.conference)}</time>
            <span>{deedSaid(deed, seen)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
