import { useEffect, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "../components/Icon";
import { time } from "../format";
import { type Player, play } from "./player";
import { type Now, said } from "./rules";
import { lang, words } from "./words";

const FIRST: Player = { now: null, failures: 0, refused: false, stream: null };

interface EmbedProps {
  conference: string;
  token: string;
}

/** The programme within another site's page: the picture, who is shown, sound by a click. */
export function Embed({ conference, token }: EmbedProps) {
  const [player, setPlayer] = useState<Player>(FIRST);
  const [moving, setMoving] = useState(false);
  const [muted, setMuted] = useState(true);
  const [stuck, setStuck] = useState(false);
  const box = useRef<HTMLElement>(null);
  const screen = useRef<HTMLVideoElement>(null);
  const { now, stream } = player;
  useEffect(() => void play(conference, token, setPlayer), []);
  useEffect(() => {
    document.documentElement.lang = lang;
    if (now) document.title = now.title;
  }, [now?.title]);
  const start = (): void => {
    screen.current?.play().then(
      () => setStuck(false),
      (error: DOMException) => setStuck(error.name === "NotAllowedError"),
    );
  };
  useEffect(() => {
    if (!screen.current) return;
    screen.current.srcObject = stream;
    if (stream) start();
    else setMoving(false);
  }, [stream]);
  const state = player.refused ? "refused" : said(now, moving, player.failures);
  return (
    <main ref={box} class="embed" data-state={state} data-testid="embed">
      <video
        ref={screen}
        muted={muted}
        playsInline
        aria-label={words.picture(now?.shown ?? "")}
        onTimeUpdate={() => setMoving(stream !== null)}
      />
      {state !== "playing" && !stuck && <Note state={state} now={now} />}
      {stuck && (
        <button type="button" class="btn primary start" onClick={start}>
          <Icon name="play" /> {words.play}
        </button>
      )}
      {state === "playing" && now && (
        <p class="plate lower" data-testid="shown">
          <Icon name="air" label={words.onAir} /> <b>{[now.shown, ...now.beside].join(" · ")}</b>
        </p>
      )}
      {state === "playing" && (
        <p class="tools">
          <button type="button" class="btn" aria-pressed={!muted} data-testid="sound" onClick={() => setMuted(!muted)}>
            <Icon name={muted ? "vol-off" : "vol"} /> <span>{muted ? words.sound : words.mute}</span>
          </button>
          {document.fullscreenEnabled && (
            <button type="button" class="btn" title={words.fullScreen} aria-label={words.fullScreen} onClick={() => whole(box.current)}>
              <Icon name="device" />
            </button>
          )}
        </p>
      )}
    </main>
  );
}

interface Face {
  icon: IconName;
  title: string;
  why: string;
}

function faceOf(state: string): Face {
  switch (state) {
    case "waits":
      return { icon: "wait", title: words.waits, why: words.waitsWhy };
    case "over":
      return { icon: "check-c", title: words.over, why: words.overWhy };
    case "full":
      return { icon: "people", title: words.full, why: words.fullWhy };
    case "away":
      return { icon: "load", title: words.away, why: words.awayWhy };
    case "refused":
      return { icon: "x-c", title: words.refused, why: words.refusedWhy };
    case "unfit":
      return { icon: "warn", title: words.unfit, why: words.unfitWhy };
    default:
      return { icon: "load", title: words.connecting, why: "" };
  }
}

/** In the picture's place: why there is none. */
export function Note({ state, now }: { state: string; now: Now | null }) {
  const { icon, title, why } = faceOf(state);
  const at = state === "waits" && now?.starts_at != null ? words.waitsAt(time(now.starts_at, now, false)) : "";
  return (
    <div class="note" role="status">
      <Icon name={icon} spin={icon === "load"} />
      {now && <p>{now.title}</p>}
      <h1>{title}</h1>
      {at && <p class="at">{at}</p>}
      {why && <p>{why}</p>}
    </div>
  );
}

function whole(box: HTMLElement | null): void {
  const done = document.fullscreenElement ? document.exitFullscreen() : box?.requestFullscreen();
  done?.catch((error: unknown) => console.info("- no full screen:", error));
}
