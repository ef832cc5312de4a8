import { useEffect } from "preact/hooks";
import { Alert, Notice } from "../components/Alert";
import { Button } from "../components/Button";
import { Icon } from "../components/Icon";
import { Meter } from "../components/Meter";
import { theme, usePage } from "../components/page";
import { LanguageSwitch, ThemeSwitch } from "../components/PageTop";
import { PrivacyLink } from "../components/PrivacyLink";
import { Picture } from "../components/Picture";
import { time } from "../format";
import { say } from "../i18n";
import { common } from "../i18n/common";
import { profiles, trial } from "../i18n/trial";
import { audioBlocked, resumeAudio } from "../media";
import type { Outcome, RoomView, RunView, View } from "../protocol";
import { away, awaySeconds, clock, isRefusal, myRoom, notice } from "../store";
import "../styles/page.css";
import "../styles/trial.css";
import { openStep } from "../trial/board";
import {
  myRun,
  offered,
  offerStation,
  soundBlocked,
  startTrial,
  stopTrial,
  trialLevel,
  trialPicture,
  withdrawStation,
} from "../trial/state";
import { Reports } from "./trial/Reports";
import { Steps } from "./trial/Steps";
import { runWords } from "./trial/words";

/** A hall's test page: it can be tested from the hub, or tests itself by one button. */
export function Test({ seen }: { seen: View }) {
  usePage("test", theme.value);
  useEffect(() => {
    offerStation();
    return withdrawStation;
  }, []);
  const room = myRoom.value;
  if (!room) return null; // a token without a room never leads to this page
  const run = myRun.value;
  return (
    <div class="testpage" data-run={run?.state ?? "none"}>
      <header class="bar">
        <b>vicon</b>
        <span class="ttl">{trial.pageTitle}</span>
        <span class="push dk">{time(clock.value, seen.conference)}</span>
        <ThemeSwitch />
        <LanguageSwitch />
      </header>
      {away.value && (
        <Alert tone="warn" icon="lost" title={common.reconnecting(`${awaySeconds.value} s`)}>
          <p>{common.stay}</p>
        </Alert>
      )}
      <main>
        <section class="head">
          <h1>{room.title}</h1>
          <Said run={run} seen={seen} />
          <Main room={room} run={run} />
          {(soundBlocked.value || audioBlocked.value) && <Sound />}
        </section>
        <Own />
        {run && (
          <section class="result" aria-label={trial.stepsTitle}>
            <Steps run={run} repeats />
            <Reports run={run} compares={false} />
          </section>
        )}
        <PrivacyLink />
      </main>
      <Notice text={notice.value && say(notice.value)} />
    </div>
  );
}

const tones: Record<Outcome, "ok" | "warn" | "bad"> = { pass: "ok", warn: "warn", fail: "bad" };

/** Camera and microphone are not open yet: as a rule the browser asks the person for leave. */
function waitsForLeave(run: RunView): boolean {
  const looking = run.steps.some((step) => step.name === "devices" && step.state === "running");
  return looking && trialPicture.value === null && run.microphone === null;
}

function Said({ run, seen }: { run: RunView | null; seen: View }) {
  if (!run && !offered.value) {
    return (
      <p class="big" role="status">
        {common.connecting}
      </p>
    );
  }
  if (!run) {
    return (
      <div role="status">
        <p class="big">{trial.idle}</p>
        <p class="muted">{trial.idleWhy}</p>
      </div>
    );
  }
  const words = runWords(run, clock.value, seen.conference);
  if (run.state === "running") {
    return (
      <div role="status">
        <p class="big">{waitsForLeave(run) ? trial.pressAllow : trial.stay}</p>
        <p class="muted">{words}</p>
      </div>
    );
  }
  return (
    <div role="status" class={`verdict ${run.verdict ? tones[run.verdict] : ""}`} data-verdict={run.verdict ?? ""}>
      <p class="big">
        {run.verdict && <Icon name={run.verdict === "pass" ? "check-c" : run.verdict === "warn" ? "warn" : "x-c"} />}{" "}
        {say(run.sentence) || words}
      </p>
      {run.profile && run.profile !== "none" && (
        <p class="profile">
          {trial.colProfile} <b>{profiles[run.profile]}</b>
        </p>
      )}
      <p class="muted">{words}</p>
    </div>
  );
}

function Main({ room, run }: { room: RoomView; run: RunView | null }) {
  if (run?.state === "running") {
    return (
      <Button class="xl" icon="stop" onClick={() => stopTrial(run.id)} testId="test-stop">
        {trial.stop}
      </Button>
    );
  }
  const begin = () => {
    resumeAudio(); // this press is the gesture that sound needs
    startTrial(room.code).catch((error: unknown) => {
      if (!isRefusal(error)) throw error; // the refusal's sentence stands in the notice
    });
  };
  const cured = run !== null && openStep(run) !== null; // then the cure is the page's primary act
  const blocked = offered.value ? null : common.connecting;
  return (
    <Button
      class="xl"
      look={cured ? "plain" : "primary"}
      icon="play"
      blocked={blocked}
      onClick={begin}
      testId="test-start"
    >
      {run ? trial.again : trial.start}
    </Button>
  );
}

/** Any press on the page lets the test sound through; this one says so. */
function Sound() {
  return (
    <Alert tone="info" icon="vol" title={trial.clickForSound}>
      <Button icon="vol" onClick={resumeAudio} testId="test-sound">
        {trial.soundOn}
      </Button>
    </Alert>
  );
}

function Own() {
  const stream = trialPicture.value;
  if (!stream) return null;
  return (
    <figure class="own">
      <Picture stream={stream} state="live" mirrored />
      <figcaption>
        {trial.ownPicture}
        <span class="lv">
          {trial.micNow}
          <Meter level={trialLevel.value} cells={14} />
        </span>
      </figcaption>
    </figure>
  );
}
