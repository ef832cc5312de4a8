import { useEffect, useState } from "preact/hooks";
import { Clock } from "../components/Clock";
import { Icon } from "../components/Icon";
import { switchTheme, theme, useKeys, usePage } from "../components/page";
import { audioBlocked, resumeAudio, startMedia, stopMedia } from "../media";
import { silence } from "../media/sound";
import { display as words } from "../i18n/display";
import { common } from "../i18n/common";
import type { View } from "../protocol";
import { RecordingSign } from "../recorded/RecordingSign";
import { ownRoom } from "../room/state";
import { stayAwake } from "../room/wake";
import { away, awaySeconds, clock, link, view } from "../store";
import { Alone } from "../views/Alone";
import { App } from "../views/App";
import { Refused } from "../views/Refused";
import { type Lack, lackOf, Unsupported } from "../views/Unsupported";
import { Waiting } from "../views/Waiting";
import { Bands } from "./Bands";
import { Programme } from "./Programme";
import { countShown, followWishes, showCount } from "./wishes";
import { toggleFull } from "./fullscreen";
import { source, useSource } from "./useSource";
import "../styles/page.css";
import "../styles/display.css";

/** The pointer and the hints go after so long without a movement, ms. */
const STILL_MS = 3_000;
const lack: Lack | null = lackOf(window);

/** For the hall's TV or projector: the programme alone. */
export function Display() {
  useSource();
  useEffect(followWishes, []);
  if (lack) return <Unsupported why={lack} />;
  const own = source.value === "own";
  const { state, bye } = link.value;
  if (own && state === "closed") return <Refused code={bye?.code ?? "bad_token"} text={bye?.text ?? null} />;
  if (source.value === "lost" && !view.value) return <Refused code="bad_token" text={null} />;
  if (!view.value) return <Waiting />;
  if (own && view.value.you.role !== "observer") return <App lack={null} />;
  return <Screen seen={view.value} />;
}

function Screen({ seen }: { seen: View }) {
  usePage("display", theme.value);
  const still = useStill();
  const [sound, setSound] = useSound();
  useEffect(stayAwake, []);
  useKeys((event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    const key = event.key.toLowerCase();
    if (key === "f") toggleFull();
    else if (key === "t") switchTheme();
    else if (key === "j") showCount(!countShown.value);
    else if (key === "s" && source.value === "own") setSound(!sound);
  });
  if (source.value === "lost") return <Gone />;
  return (
    <div
      class={still ? "display still" : "display"}
      data-source={source.value}
      data-phase={seen.conference.phase}
      data-testid="display"
    >
      {away.value ? <Away /> : <Bands seen={seen} />}
      <Programme seen={seen} />
      <Foot seen={seen} />
      {!still && <Hints sound={sound} onSound={setSound} />}
    </div>
  );
}

function Away() {
  return (
    <p class="band away" role="status" data-testid="away">
      <Icon name="load" spin />
      <b>{words.away(`${awaySeconds.value} s`)}</b> <span>{words.awayWhy}</span>
    </p>
  );
}

function Gone() {
  return (
    <Alone icon="absent" title={words.pageGone}>
      <p>{words.pageGoneWhy}</p>
    </Alone>
  );
}

function Foot({ seen }: { seen: View }) {
  const room = ownRoom(seen);
  return (
    <footer class="foot">
      <span class="title">{seen.conference.title}</span>
      <RecordingSign seen={seen} />
      {countShown.value && room && !room.hub && room.count !== null && (
        <span class="people" data-testid="people">
          <Icon name="people" /> {words.people(room.count, room.cap)}
        </span>
      )}
      <Clock now={clock.value} zone={seen.conference} />
    </footer>
  );
}

interface HintsProps {
  sound: boolean;
  onSound: (on: boolean) => void;
}

/** Only while somebody moves the mouse. */
function Hints({ sound, onSound }: HintsProps) {
  return (
    <aside class="hints" data-theme="dark" data-testid="hints">
      <span>{words.hint}</span>
      <span>{words.hintTheme}</span>
      <span>{words.hintCount}</span>
      {source.value === "own" && (
        <button type="button" class="btn sm" title={words.soundWhy} aria-keyshortcuts="s" onClick={() => onSound(!sound)}>
          <Icon name={sound ? "vol" : "vol-off"} /> {sound ? words.soundOff : words.soundOn}
        </button>
      )}
      {sound && audioBlocked.value && (
        <button type="button" class="btn primary sm" onClick={resumeAudio}>
          <Icon name="vol" /> {common.soundOn}
        </button>
      )}
    </aside>
  );
}

/** Receives where nobody lends, without a sound unless it is wished for: ?suara=1, or the button. */
function useSound(): [boolean, (on: boolean) => void] {
  const [sound, setSound] = useState(new URLSearchParams(location.search).get("suara") === "1");
  const own = source.value === "own";
  useEffect(() => silence(!sound), [sound]);
  useEffect(() => {
    if (!own) return;
    startMedia().catch((error: unknown) => console.warn("x media:", error));
    return stopMedia;
  }, [own]);
  return [
    sound,
    (on) => {
      setSound(on);
      silence(!on);
      if (on) resumeAudio();
    },
  ];
}

/** Whether nobody has moved the mouse for a while. */
function useStill(): boolean {
  const [still, setStill] = useState(true);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const moved = (): void => {
      clearTimeout(timer);
      setStill(false);
      timer = setTimeout(() => setStill(true), STILL_MS);
    };
    moved();
    addEventListener("pointermove", moved);
    return () => {
      clearTimeout(timer);
      removeEventListener("pointermove", moved);
    };
  }, []);
  return still;
}
