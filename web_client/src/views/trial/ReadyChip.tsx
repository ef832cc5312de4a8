import { Chip, type ChipTone } from "../../components/Chip";
import type { IconName } from "../../components/Icon";
import { trial } from "../../i18n/trial";
import type { ReadinessState, RunView } from "../../protocol";
import { stepPlace } from "../../trial/board";

const chips: Record<ReadinessState, { icon: IconName; tone: ChipTone }> = {
  ready: { icon: "check-c", tone: "ok" },
  attention: { icon: "warn", tone: "warn" },
  not_ready: { icon: "x-c", tone: "bad" },
  untested: { icon: "absent", tone: "plain" },
};

/** Siap, perhatian, belum siap; while a trial runs, where it is. */
export function ReadyChip({ state, run }: { state: ReadinessState; run: RunView | null }) {
  if (run) {
    return (
      <span class="accent">
        <Chip icon="load" spin>
          {trial.testing(stepPlace(run), run.steps.length)}
        </Chip>
      </span>
    );
  }
  return (
    <Chip icon={chips[state].icon} tone={chips[state].tone}>
      {trial[state]}
    </Chip>
  );
}
