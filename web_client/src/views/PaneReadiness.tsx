import { useId, useState } from "preact/hooks";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { Icon } from "../components/Icon";
import { say } from "../i18n";
import { common } from "../i18n/common";
import { trial } from "../i18n/trial";
import type { RoomView, View } from "../protocol";
import { clock } from "../store";
import { overrideGate } from "../trial/state";
import { RoomDrill } from "./trial/DrillLine";
import { ReadyChip } from "./trial/ReadyChip";
import { whenWords } from "./trial/words";

/** Has the room passed its trial? Where rooms are held back for it, the way to let one in. */
export function PaneReadiness({ room, seen }: { room: RoomView; seen: View }) {
  const [asking, setAsking] = useState(false);
  const { state, why, tested, override } = room.readiness;
  const held = seen.conference.gate && (state === "not_ready" || state === "untested");
  const line = [
    say(why) !== `${trial[state]}.` && say(why), // the chip has said that already
    tested && `${whenWords(tested.at, clock.value, seen.conference)}, ${tested.by}`,
  ];
  return (
    <section class="readiness" data-readiness={state}>
      <p>
        <ReadyChip state={state} run={null} /> <span class="muted">{line.filter(Boolean).join(" ")}</span>
      </p>
      <RoomDrill seen={seen} room={room} />
      {override && <p data-testid="let-in">{trial.gateOn(override)}</p>}
      {override ? (
        <Button
          look="quiet"
          testId="gate-back"
          onClick={() => overrideGate(room.code, false, trial.gateTakenBack)}
        >
          {trial.gateTakeBack}
        </Button>
      ) : (
        held && (
          <Button icon="enter" testId="gate-override" onClick={() => setAsking(true)}>
            {trial.gateOverride}
          </Button>
        )
      )}
      {asking && <OverrideAsk room={room} onClose={() => setAsking(false)} />}
    </section>
  );
}

function OverrideAsk({ room, onClose }: { room: RoomView; onClose: () => void }) {
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const id = useId();
  const wrong = tried && !reason.trim();
  const yes = () => {
    setTried(true);
    if (!reason.trim()) return;
    overrideGate(room.code, true, reason.trim());
    onClose();
  };
  return (
    <Dialog
      title={trial.gateAsk(room.title)}
      onClose={onClose}
      ends={
        <>
          <Button onClick={onClose}>{common.cancel}</Button>
          <Button look="primary" onClick={yes} testId="gate-yes">
            {trial.gateYes}
          </Button>
        </>
      }
    >
      <p>{trial.gateWhy}</p>
      <div class="field">
        <label for={id}>{trial.reason}</label>
        {wrong && (
          <p class="err" role="alert">
            <Icon name="x-c" />
            {trial.reasonMissing}
          </p>
        )}
        <input
          id={id}
          class={wrong ? "input is-bad" : "input"}
          maxLength={500}
          autofocus
          value={reason}
          onInput={(event) => setReason(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") yes();
          }}
        />
      </div>
    </Dialog>
  );
}
