import { useEffect, useState } from "preact/hooks";
import { useSaving } from "../attendance/useSaving";
import { Button } from "../components/Button";
import { Icon } from "../components/Icon";
import { Wrong } from "../components/Wrong";
import { duration, time, type Zone } from "../format";
import { isTrouble, troubleSaid } from "../http";
import { common } from "../i18n/common";
import { recording as words } from "../i18n/recording";
import { size } from "../recording";
import { deleteRecording, fetchRecording, type KeptRecording, listRecordings } from "./api";

const AGAIN_MS = 5_000;

interface RecordingListProps {
  /** See placeOf. */
  place: string;
  zone: Zone;
  /** Changes when there may be others. */
  fresh: string;
}

/** The same in every language. */
const filmCommand = (id: string): string => ["vicon", "compose", id, "--data", "DATA"].join(" ");

/** What is kept of a conference: each file to download, each recording to delete. */
export function RecordingList({ place, zone, fresh }: RecordingListProps) {
  const [found, setFound] = useState<KeptRecording[] | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const [said, setSaid] = useState("");
  const load = () =>
    listRecordings(place)
      .then((all) => {
        setFound(all);
        setWrong(null);
      })
      .catch(fail);
  const fail = (error: unknown) => {
    if (!isTrouble(error)) throw error;
    setWrong(troubleSaid(error));
  };
  useEffect(() => void load(), [place, fresh]);
  useEffect(() => {
    // The last files of one that has just been stopped are closed a moment later.
    const runs = found?.some(({ ended }) => ended === null);
    const timer = runs ? setTimeout(load, AGAIN_MS) : undefined;
    return () => clearTimeout(timer);
  }, [found]);
  const remove = (id: string) =>
    deleteRecording(place, id)
      .then(() => {
        setSaid(words.removed);
        return load();
      })
      .catch(fail);
  return (
    <section class="recordings" data-testid="recordings">
      <h3>{words.past}</h3>
      {found === null && !wrong && (
        <p role="status">
          <Icon name="load" spin /> {words.loading}
        </p>
      )}
      {found?.length === 0 && <p class="muted">{words.nothing}</p>}
      {found?.map((one) => (
        <Kept key={one.id} one={one} place={place} zone={zone} onRemove={() => void remove(one.id)} />
      ))}
      <p role="status" class="muted">
        {said}
      </p>
      <Wrong text={wrong} />
    </section>
  );
}

interface KeptProps {
  one: KeptRecording;
  place: string;
  zone: Zone;
  onRemove: () => void;
}

function Kept({ one, place, zone, onRemove }: KeptProps) {
  const { save, saving, saved, failed } = useSaving();
  const [sure, setSure] = useState(false);
  const ended = one.ended === null ? words.stillRuns : duration(one.ended - one.began);
  return (
    <details data-recording={one.id}>
      <summary>
        {time(one.began, zone, false)} · {ended} · {size(one.bytes, words.point)} · {words.files(one.files.length)}
      </summary>
      <p class="muted">{words.by(one.by)}</p>
      <ul class="files">
        {one.files.map((file) => (
          <li key={file.name}>
            <Button
              class="sm"
              icon="save"
              blocked={saving ? words.downloading : null}
              title={`${words.download} ${file.name}`}
              onClick={() => save(() => fetchRecording(place, one.id, file.name))}
            >
              {file.name}
            </Button>
            <span class="muted">
              {size(file.bytes, words.point)}
              {file.seconds !== null && ` · ${duration(1000 * file.seconds)}`}
            </span>
          </li>
        ))}
      </ul>
      {one.ended !== null && (
        <p class="muted">
          {words.film} <code data-testid="film-command">{filmCommand(one.id)}</code>
        </p>
      )}
      <p role="status">
        {saving ? words.downloading : saved ? words.downloaded : ""}
      </p>
      <Wrong text={failed} />
      {sure ? (
        <div class="sure" role="group" aria-label={words.removeSure}>
          <p>
            <Icon name="warn" /> <b>{words.removeSure}</b> {words.removeWhy}
          </p>
          <Button class="sm" onClick={() => setSure(false)} autofocus>
            {common.cancel}
          </Button>
          <Button class="sm" look="danger" icon="x" testId="recording-delete-yes" onClick={onRemove}>
            {words.remove}
          </Button>
        </div>
      ) : (
        <Button class="sm" look="quiet" icon="x" testId="recording-delete" onClick={() => setSure(true)}>
          {words.remove}
        </Button>
      )}
    </details>
  );
}
