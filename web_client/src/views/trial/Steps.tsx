import { useEffect, useState } from "preact/hooks";
import { release } from "../../blobs";
import { Button } from "../../components/Button";
import { Icon, type IconName } from "../../components/Icon";
import { Meter } from "../../components/Meter";
import { say } from "../../i18n";
import { figureName } from "../../i18n/figures";
import { stateWord, steps, trial } from "../../i18n/trial";
import type { FigureView, RunView, StepName, StepState, StepView } from "../../protocol";
import { meterLevel, openStep, opens } from "../../trial/board";
import { isTrouble, opened } from "../../trial/desk";
import { stillOf } from "../../trial/http";
import { repeatStep } from "../../trial/state";
import { isRefusal } from "../../store";

const looks: Record<StepState, { icon: IconName; tone: string }> = {
  pending: { icon: "wait", tone: "" },
  running: { icon: "load", tone: "" },
  pass: { icon: "check-c", tone: "green" },
  warn: { icon: "warn", tone: "amber" },
  fail: { icon: "x-c", tone: "red" },
  skipped: { icon: "skip", tone: "faint" },
};

interface StepsProps {
  run: RunView;
  /** May a step be run again from here? */
  repeats: boolean;
}

/** The eight steps as they happen. What failed first stands open by itself. */
export function Steps({ run, repeats }: StepsProps) {
  const [turned, setTurned] = useState<Partial<Record<StepName, boolean>>>({});
  useEffect(() => setTurned({}), [run.id]);
  const first = openStep(run);
  return (
    <ol class="steps" data-run={run.id} data-state={run.state}>
      {run.steps.map((step, i) => {
        const open = opens(step) && (turned[step.name] ?? step.name === first);
        const turn = () => setTurned({ ...turned, [step.name]: !open });
        return (
          <Row
            key={step.name}
            {...{ step, run, open, turn }}
            place={i + 1}
            repeats={repeats}
            primary={step.name === first}
          />
        );
      })}
    </ol>
  );
}

interface RowProps {
  step: StepView;
  run: RunView;
  place: number;
  open: boolean;
  turn: () => void;
  repeats: boolean;
  /** This cure is the page's one primary act. */
  primary: boolean;
}

function Row({ step, run, place, open, turn, repeats, primary }: RowProps) {
  const { icon, tone } = looks[step.state];
  const line = say(step.line) || stateWord(step.state);
  const face = (
    <>
      <span class={tone}>
        <Icon name={icon} spin={step.state === "running"} label={stateWord(step.state)} />
      </span>
      <span class="st">
        {place} {steps[step.name]}
      </span>
      <span class={open && step.state === "fail" ? "fg red" : "fg"}>
        {open && step.state === "fail" ? trial.failed : line}
      </span>
    </>
  );
  const id = `step-${run.id}-${step.name}`;
  return (
    <li class={open ? `open ${step.state}` : step.state} data-step={step.name} data-state={step.state}>
      {opens(step) ? (
        <button type="button" class="face" aria-expanded={open} aria-controls={id} onClick={turn}>
          {face}
        </button>
      ) : (
        <div class="face">{face}</div>
      )}
      {step.state === "running" && step.progress !== null && (
        <progress class="prog" max={1} value={step.progress} aria-label={steps[step.name]} />
      )}
      {step.name === "devices" && step.state === "running" && run.microphone !== null && (
        <span class="lv">
          {trial.micNow}
          <Meter level={meterLevel(run.microphone)} cells={14} />
        </span>
      )}
      {open && (
        <div class="body" id={id}>
          <Why step={step} />
          <Act {...{ step, run, place, repeats, primary }} />
          {step.name === "devices" && run.picture && <Still run={run} />}
          {step.figures.length > 0 && <Figures figures={step.figures} />}
        </div>
      )}
    </li>
  );
}

function Why({ step }: { step: StepView }) {
  if (!step.cause && step.cure.length === 0) return null;
  return (
    <dl>
      {step.cause && (
        <div>
          <dt>{trial.cause}</dt>
          <dd>{say(step.cause)}</dd>
        </div>
      )}
      {step.cure.length > 0 && (
        <div>
          <dt>{trial.cure}</dt>
          <dd>
            <ol>
              {step.cure.map((act) => (
                <li key={act.id}>{say(act)}</li>
              ))}
            </ol>
          </dd>
        </div>
      )}
    </dl>
  );
}

type ActProps = Pick<RowProps, "step" | "run" | "place" | "repeats" | "primary">;

function Act({ step, run, place, repeats, primary }: ActProps) {
  const again = repeats && step.name !== "verdict" && (step.state === "fail" || step.state === "warn");
  if (!again) return null;
  const repeat = () =>
    void repeatStep(run.id, step.name).then(
      () => (opened.value = null), // of an old run this began a new one
      (error: unknown) => {
        if (!isRefusal(error)) throw error; // the refusal's sentence stands in the notice
      },
    );
  return (
    <div class="act">
      <Button look={primary ? "primary" : "plain"} icon="redo" onClick={repeat} testId={`repeat-${step.name}`}>
        {trial.repeat(place)}
      </Button>
    </div>
  );
}

/** The camera's picture as the server keeps it while the run is at hand. */
function Still({ run }: { run: RunView }) {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    let gone = false;
    let made: string | null = null;
    stillOf(run.id).then(
      (url) => {
        made = url;
        if (gone && url) release(url);
        else setAddress(url);
      },
      (error: unknown) => {
        if (!isTrouble(error)) throw error;
        console.warn("x still:", error); // the step's words stand without it
      },
    );
    return () => {
      gone = true;
      if (made) release(made);
    };
  }, [run.id, run.state]);
  return address && <img class="still" src={address} alt={trial.still} />;
}

function Figures({ figures }: { figures: FigureView[] }) {
  return (
    <table class="figures">
      <thead>
        <tr>
          <th scope="col">{trial.figure}</th>
          <th scope="col">{trial.value}</th>
          <th scope="col">{trial.limit}</th>
        </tr>
      </thead>
      <tbody>
        {figures.map((figure) => (
          <tr key={figure.name}>
            <th scope="row">{figureName(figure.name)}</th>
            <td class={looks[figure.state].tone}>
              {(figure.state === "warn" || figure.state === "fail") && (
                <Icon name={looks[figure.state].icon} label={stateWord(figure.state)} />
              )}
              {say(figure.text) || trial.unknown}
            </td>
            <td class="muted">{say(figure.limit) || "–"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
