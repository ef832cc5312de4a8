import { Alert } from "../components/Alert";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { isOpen } from "../control/state";
import type { Act } from "../control/useAct";
import { duration } from "../format";
import { common } from "../i18n/common";
import { causes, ends, recording as words } from "../i18n/recording";
import { share } from "../i18n/share";
import type { RecordingFigures, View } from "../protocol";
import { broken, FEW_MINUTES, figuresNow, running, size } from "../recording";
import { clock } from "../store";
import "../styles/recording.css";
import { placeOf } from "./api";
import { RecordingList } from "./RecordingList";

interface ButtonProps {
  seen: View;
  onAsk: () => void;
}

/** In the control room's top: it says whether the session is recorded, and opens the rest. */
export function RecordingButton({ seen, onAsk }: ButtonProps) {
  const now = running(seen.conference);
  const wrong = now && (now.interrupted_at !== null || now.alarms.length > 0);
  const figures = figuresNow(seen.conference, clock.value);
  const lasts = now ? duration(clock.value - now.began) : "";
  const title = now && figures ? `${words.lasts(lasts)}, ${size(figures.bytes, words.point)}` : words.title;
  return (
    <Button
      class={now ? (wrong ? "sm rec on wrong" : "sm rec on") : "sm rec"}
      look="quiet"
      icon={wrong ? "warn" : "rec"}
      kbd="."
      title={title}
      onClick={onAsk}
      testId="recording"
    >
      <span class="lasts">{now ? lasts : words.short}</span>
    </Button>
  );
}

interface DialogProps {
  seen: View;
  act: Act;
  onClose: () => void;
}

/** Start and stop, how it stands with each room, and what is kept. */
export function RecordingDialog({ seen, act, onClose }: DialogProps) {
  const { conference } = seen;
  const now = running(conference);
  const open = isOpen(conference.phase);
  const failed = broken(conference, clock.value);
  const figures = figuresNow(conference, clock.value);
  return (
    <Dialog
      title={words.title}
      class="wide"
      testId="recording-dialog"
      onClose={onClose}
      ends={
        <>
          <Button onClick={onClose} autofocus>
            {common.close}
          </Button>
          {now ? (
            <Button look="danger" icon="stop" testId="recording-stop" onClick={() => act({ type: "recording.stop" })}>
              {words.stop}
            </Button>
          ) : (
            <Button
              look="primary"
              icon="rec"
              testId="recording-start"
              blocked={open ? null : words.closed}
              onClick={() => act({ type: "recording.start" })}
            >
              {words.start}
            </Button>
          )}
        </>
      }
    >
      {failed?.why && (
        <Alert tone="bad" title={words.taskBroken}>
          <p>{ends[failed.why]}</p>
        </Alert>
      )}
      {!now && !failed && <p>{open ? words.none : words.closed}</p>}
      {now && (
        <>
          <p class="strong" data-testid="recording-lasts">
            {words.lasts(duration(clock.value - now.began))}
          </p>
          <p class="muted">{words.by(now.by)}</p>
          {now.interrupted_at !== null && <Alert tone="warn" title={words.interrupted} />}
          {figures ? <Rooms seen={seen} figures={figures} /> : <p class="muted">{words.noFigures}</p>}
        </>
      )}
      <RecordingList
        place={placeOf(conference.id, false)}
        zone={conference}
        fresh={`${conference.recording?.id} ${conference.recording?.ended_at} ${figures !== null}`}
      />
    </Dialog>
  );
}

/** Of what is presented, its room's code and what it is; null: a room's own camera. */
function presentedOf(source: string): [room: string, kind: string] | null {
  const found = /^(.+)-(screen|document)$/.exec(source);
  return found?.[1] && found[2] ? [found[1], found[2]] : null;
}

function sourceName(seen: View, source: string): string {
  const title = (of: string): string | undefined => seen.rooms.find(({ code }) => code === of)?.title;
  const shown = presentedOf(source);
  if (!shown) return title(source) ?? source;
  const [room, kind] = shown;
  return (kind === "screen" ? share.screenOf : share.documentsOf)(title(room) ?? room);
}

function Rooms({ seen, figures }: { seen: View; figures: RecordingFigures }) {
  const { minutes } = figures;
  const alarms = seen.conference.recording?.alarms ?? [];
  return (
    <>
      <p>
        {words.size}: {size(figures.bytes, words.point)}
        {minutes !== null && ` · ${words.left} ${words.minutes(minutes)}`}
      </p>
      {minutes !== null && minutes < FEW_MINUTES && <Alert tone="warn" title={words.fewMinutes(minutes)} />}
      <table class="rec-rooms" aria-label={words.rooms}>
        <thead>
          <tr>
            <th scope="col">{words.room}</th>
            <th scope="col">{words.picture}</th>
            <th scope="col">{words.sound}</th>
            <th scope="col">{words.rate}</th>
            <th scope="col">{words.size}</th>
          </tr>
        </thead>
        <tbody>
          {figures.rooms.map((one) => {
            const alarm = alarms.find(({ room }) => room === one.room);
            return (
              <tr key={one.room} class={alarm ? "wrong" : undefined} title={alarm ? causes[alarm.cause] : undefined}>
                <th scope="row">{sourceName(seen, one.room)}</th>
                <td>{one.picture ? words.there : words.missing}</td>
                <td>{presentedOf(one.room) ? "–" : one.sound ? words.there : words.missing}</td>
                <td>{one.kbps} kbit/s</td>
                <td>{size(one.bytes, words.point)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </>
  );
}
