import { useEffect, useState } from "preact/hooks";
import { Notice } from "../components/Alert";
import { Icon } from "../components/Icon";
import { theme, useKeys, usePage } from "../components/page";
import { LanguageSwitch, ThemeSwitch } from "../components/PageTop";
import { PrivacySign } from "../components/PrivacyLink";
import { focusOf } from "../control/keys";
import { wall } from "../control/state";
import { date, time } from "../format";
import { lang, say } from "../i18n";
import { common } from "../i18n/common";
import { trial } from "../i18n/trial";
import type { RoomView, View } from "../protocol";
import { away, awaySeconds, clock, notice, view } from "../store";
import "../styles/technician.css";
import "../styles/trial.css";
import { runOf, stationOf } from "../trial/board";
import { choose, chosen, followRecent, opened, segment, test, wanted } from "../trial/desk";
import { deskKey, neighbour } from "../trial/keys";
import { talkAct } from "../talk/act";
import { callByKey } from "../talk/CallButton";
import { talkKey } from "../talk/keys";
import { Lines } from "../talk/LineCard";
import { lines, settle, starting } from "../talk/state";
import { useRing } from "../talk/useRing";
import { runs, stations, sweep } from "../trial/state";
import { Board } from "./trial/Board";
import { GoHead } from "./trial/GoHead";
import { LiveAsk } from "./trial/LiveAsk";
import { RunPanel } from "./trial/RunPanel";
import { ServerStrip } from "./ServerNote";
import { Waiting } from "./Waiting";

/** Can the session begin? One sentence, a row each, and the chosen room's trial on the right. */
export function Technician() {
  usePage("technician", theme.value);
  return view.value ? <Page seen={view.value} /> : <Waiting />;
}

function Page({ seen }: { seen: View }) {
  const rooms = wall(seen.rooms);
  const [asked, setAsked] = useState<RoomView | null>(null);
  const [sweeping, setSweeping] = useState(false);
  useEffect(followRecent, []);
  useFirstChoice(rooms);
  const onTest = (room: RoomView) => {
    choose(room.code);
    opened.value = null;
    segment.value = "test";
    if (stationOf(stations.value, room.code)) setAsked(room);
    else wanted.value = room.code; // the panel says what to do
  };
  useDeskKeys(rooms, onTest, () => setSweeping(true));
  useTalkKeys(seen);
  useRing(true);
  useEffect(settle, [lines.value, starting.value, seen.you.device?.id]);
  const room = seen.rooms.find((one) => one.code === chosen.value) ?? null;
  return (
    <div class={away.value ? "technician away" : "technician"}>
      <Bar seen={seen} />
      <ServerStrip zone={seen.conference} />
      <GoHead rooms={rooms} seen={seen} asking={sweeping} ask={setSweeping} />
      <Board rooms={[...rooms, ...seen.rooms.filter((one) => one.hub)]} seen={seen} onTest={onTest} />
      <RunPanel room={room} seen={seen} onTest={onTest} />
      {asked && (
        <LiveAsk
          onClose={() => setAsked(null)}
          onYes={(force) => {
            setAsked(null);
            void test(asked.code, force);
          }}
        />
      )}
      <Lines zone={seen.conference} />
      <Notice text={notice.value && say(notice.value)} />
    </div>
  );
}

function Bar({ seen }: { seen: View }) {
  const { conference } = seen;
  if (away.value) {
    return (
      <header class="bar gone" data-testid="away">
        <Icon name="load" spin />
        <b>{common.reconnecting(`${awaySeconds.value} s`)}</b>
        <span role="status">{common.stay}</span>
      </header>
    );
  }
  return (
    <header class="bar">
      <b>vicon</b>
      <h1 class="ttl">{trial.title(conference.title)}</h1>
      <span class="push dk">
        {date(clock.value, conference, lang.value)}, {time(clock.value, conference)}
      </span>
      <PrivacySign />
      <ThemeSwitch />
      <LanguageSwitch />
    </header>
  );
}

/** What needs a look first: a run that goes on, a room that is not ready, else the first. */
function useFirstChoice(rooms: RoomView[]): void {
  useEffect(() => {
    if (chosen.value !== null && rooms.some((room) => room.code === chosen.value)) return;
    const first =
      rooms.find((room) => runOf(runs.value, room.code)?.state === "running") ??
      rooms.find((room) => room.readiness.state === "not_ready") ??
      rooms.find((room) => room.readiness.state !== "ready") ??
      rooms[0];
    if (first) choose(first.code);
  }, [rooms.length]);
}

function useDeskKeys(rooms: RoomView[], onTest: (room: RoomView) => void, ask: () => void): void {
  useKeys((event) => {
    const key = deskKey(event, focusOf(document.activeElement));
    if (!key) return;
    const room = rooms.find((one) => one.code === chosen.value);
    if (key === "back") opened.value = null;
    else if (key === "sweep") {
      if (sweep.value?.state !== "running") ask();
    } else if (key === "test") {
      if (room && runOf(runs.value, room.code)?.state !== "running") onTest(room);
    } else move(rooms, key === "up" ? -1 : 1, event);
  });
}

/** F calls the chosen room; Y, W and Q are those of a line. */
function useTalkKeys(seen: View): void {
  useKeys((event) => {
    const focus = focusOf(document.activeElement);
    const free = !event.repeat && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (!free || focus === "typing" || focus === "dialog") return;
    const act = talkKey(event.key);
    if (act) {
      if (talkAct(act)) event.preventDefault(); // not into the field that it opens
    } else if (event.key.toLowerCase() === "f") {
      const room = seen.rooms.find((one) => one.code === chosen.value);
      if (room) callByKey(seen, room);
    }
  });
}

function move(rooms: RoomView[], step: 1 | -1, event: KeyboardEvent): void {
  const code = neighbour(rooms.map((room) => room.code), chosen.value, step);
  if (code === null) return;
  event.preventDefault(); // the arrows move the choice, not the page
  choose(code);
  document.querySelector<HTMLElement>(`[data-pick="${CSS.escape(code)}"]`)?.focus();
}
