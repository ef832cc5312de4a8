import { effect, untracked } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { capturing, local, problems } from "../capture";
import { Chip, type ChipTone } from "../components/Chip";
import { Icon, type IconName } from "../components/Icon";
import { date, time } from "../format";
import { lang, say } from "../i18n";
import { check } from "../i18n/check";
import { common } from "../i18n/common";
import type { Outcome, Profile, RoomView, TestedView, View } from "../protocol";
import { clock, isRefusal } from "../store";
import { type Advice, type CheckState, checkState } from "../trial/check";
import {
  myRun,
  offered,
  offerStation,
  soundBlocked,
  startQuietly,
  startTrial,
  stopTrial,
  withdrawStation,
} from "../trial/state";

interface Props {
  seen: View;
  room: RoomView;
}

const LOOKS: Record<Outcome, { icon: IconName; tone: ChipTone }> = {
  pass: { icon: "check", tone: "ok" },
  warn: { icon: "warn", tone: "warn" },
  fail: { icon: "x", tone: "bad" },
};

/** Of the media call, s: the whole check is to be over within 15 s. */
const QUICK_S = 5;

/** The line of this hall, checked by itself once, and again by the button. Never in the way. */
export function SelfCheck({ seen, room }: Props) {
  useEffect(() => beStation(room.code), [room.code]);
  const state = checkState(myRun.value);
  const tested = room.readiness?.tested ?? null;
  return (
    <>
      <li data-testid="self-check" data-check={state.is}>
        <span class="what">
          <Icon name="redo" />
          {check.name}
        </span>
        <span class="check-said" role="status">
          <Said state={state} />
          {tested && <span class="check-last muted">{lastSaid(tested, seen)}</span>}
        </span>
        <Act state={state} room={room.code} />
      </li>
      <More state={state} />
    </>
  );
}

let checkedOnce = false;

/** A station for as long as the page stands before the door. Gives back what ends it. */
function beStation(room: string): () => void {
  offerStation();
  const stop = effect(() => {
    if (checkedOnce || !offered.value || !looked()) return;
    checkedOnce = true;
    untracked(() => startQuietly(room, { kind: "quick", seconds: QUICK_S }).catch(later));
  });
  return () => {
    stop();
    withdrawStation();
  };
}

/** The person has answered the browser's question about the camera. */
function looked(): boolean {
  const { camera, microphone } = problems.value;
  return !capturing.value && (local.value !== null || (camera !== null && microphone !== null));
}

/** Not now: a trial runs already, or the session does. The button is still there. */
function later(error: unknown): void {
  if (!isRefusal(error)) throw error;
  console.info("- self-check:", error.code);
}

function Act({ state, room }: { state: CheckState; room: string }) {
  if (state.is === "running") {
    if (!state.own) return null;
    const run = myRun.value;
    return (
      <button class="btn push" type="button" onClick={() => run && stopTrial(run.id)}>
        {check.stop}
      </button>
    );
  }
  const start = (): void => {
    startTrial(room, { kind: "quick", seconds: QUICK_S }).catch((error: unknown) => {
      if (!isRefusal(error)) throw error; // a refusal is said in the notice already
    });
  };
  const blocked = offered.value ? null : common.connecting;
  return (
    <button
      class="btn push"
      type="button"
      data-testid="check-line"
      aria-disabled={blocked ? true : undefined}
      title={blocked ?? undefined}
      onClick={blocked ? undefined : start}
    >
      {state.is === "none" ? check.test : check.again}
      {blocked && <span class="vh">. {blocked}</span>}
    </button>
  );
}

function Said({ state }: { state: CheckState }) {
  switch (state.is) {
    case "none":
      return <span class="muted">{looked() ? check.notYet : check.waiting}</span>;
    case "broken":
      return <span class="amber">{state.sentence ? say(state.sentence) : check.notDone}</span>;
    case "running":
      return (
        <Chip icon="load" spin>
          {(state.own ? check.running : check.technician)(state.step, state.of)}
        </Chip>
      );
    case "over": {
      const { icon, tone } = LOOKS[state.verdict];
      return (
        <Chip icon={icon} tone={tone}>
          {check.said(judged(state.verdict, state.profile))}
        </Chip>
      );
    }
  }
}

function judged(verdict: Outcome, profile: Profile | null): string {
  if (!profile) return check[verdict];
  const carried = profile === "audio" || profile === "none" ? check[profile] : profile;
  return `${check[verdict]}, ${carried}`;
}

/** What is said only where there is something to say. */
function More({ state }: { state: CheckState }) {
  const advice = state.is === "over" ? state.advice : [];
  return (
    <>
      {soundBlocked.value && <li class="check-more amber">{check.clickForSound}</li>}
      {state.is === "over" && advice.length > 0 && (
        <li class="check-more">
          <details>
            <summary>{check.cure}</summary>
            <p>{say(state.sentence)}</p>
            {advice.map((one, place) => (
              <AdviceText key={place} advice={one} />
            ))}
          </details>
        </li>
      )}
    </>
  );
}

function AdviceText({ advice: { cause, cure } }: { advice: Advice }) {
  return (
    <>
      {cause && <p class="strong">{say(cause)}</p>}
      {cure.length > 0 && (
        <ol>
          {cure.map((act, place) => (
            <li key={place}>{say(act)}</li>
          ))}
        </ol>
      )}
    </>
  );
}

/** Longer ago than this the day says more than the hour. */
const SAME_DAY_MS = 12 * 3_600_000;

function lastSaid({ verdict, profile, at }: TestedView, { conference }: View): string {
  const recent = clock.value - at < SAME_DAY_MS;
  const when = recent ? time(at, conference, false) : date(at, conference, lang.value);
  return check.last(judged(verdict, profile), when);
}
