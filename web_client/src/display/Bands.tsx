import { Icon } from "../components/Icon";
import { time } from "../format";
import { shownCue, sizeOf } from "../hall/cues";
import { display as words } from "../i18n/display";
import { hall } from "../i18n/hall";
import { server } from "../i18n/server";
import type { View } from "../protocol";
import { isOnStage, ownRoom } from "../room/state";
import { waitsOutside } from "../server";

const NONE: ReadonlySet<string> = new Set();

/** What the hall itself is told: its turn, and the hub's messages until somebody has seen them. */
export function Bands({ seen }: { seen: View }) {
  const cue = shownCue(ownRoom(seen)?.cues ?? [], NONE)?.cue;
  return (
    <div role="status" class="bands">
      {waitsOutside(seen) && (
        <p class="band cue">
          <b>{server.full}</b> {server.fullWhy}
        </p>
      )}
      {cue && (
        <p class={`band cue ${sizeOf(cue.text)}`} data-testid="cue" data-cue={cue.id}>
          <b>{cue.text}</b> <small>{hall.from(cue.by, time(cue.at, seen.conference, false))}</small>
        </p>
      )}
      <Turn seen={seen} />
    </div>
  );
}

function Turn({ seen }: { seen: View }) {
  const { conference, you } = seen;
  if (you.room === null || you.room === conference.hub || conference.phase !== "live") return null;
  if (isOnStage(seen, you.room) && !conference.black) {
    return (
      <p class="band air" data-testid="turn">
        <Icon name="air" /> <b>{words.onAir}</b>
      </p>
    );
  }
  if (conference.next !== you.room) return null;
  return (
    <p class="band next" data-testid="turn">
      <Icon name="standby" /> <b>{words.next}</b>
    </p>
  );
}
