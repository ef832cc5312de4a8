import { Button } from "../components/Button";
import { Icon } from "../components/Icon";
import { isOpen } from "../control/state";
import type { Act } from "../control/useAct";
import { reasonSaid } from "../fallback";
import { time } from "../format";
import { control } from "../i18n/control";
import { levels, plan as words } from "../i18n/fallback";
import type { FallbackLevel, FallbackView, RoomView, View } from "../protocol";
import "../styles/fallback.css";

const CHOICES: FallbackLevel[] = ["720p", "360p", "audio"];

interface PlanProps {
  room: RoomView;
  seen: View;
  act: Act;
}

/** How much picture the hall's line is trusted with, why, and the moderator's own word on it. */
export function PanePlan({ room, seen, act }: PlanProps) {
  const plan = room.fallback;
  if (!plan) return null;
  const closed = isOpen(seen.conference.phase) ? null : control.notOpen;
  const pin = (level: FallbackLevel | null) => act({ type: "fallback.pin", room: room.code, level });
  const at = plan.pinned ? plan.level : null;
  return (
    <section class="plan" data-testid="plan" data-level={plan.level} data-pinned={plan.pinned}>
      <h3 class="h">
        <Icon name="cam" />
        {words.title}
      </h3>
      <p class="muted">{planSaid(plan, seen).join(" ")}</p>
      <div class="seg" role="group" aria-label={words.choose}>
        <Button class="sm" pressed={!plan.pinned} blocked={closed} testId="plan-auto" onClick={() => pin(null)}>
          {words.auto}
        </Button>
        {CHOICES.map((level) => (
          <Button
            key={level}
            class="sm"
            icon={at === level ? "pin" : undefined}
            pressed={at === level}
            blocked={closed}
            testId={`plan-${level}`}
            onClick={() => pin(level)}
          >
            {levels[level]}
          </Button>
        ))}
      </div>
    </section>
  );
}

function planSaid(plan: FallbackView, { conference }: View): string[] {
  const said = [
    words.now(levels[plan.level]),
    plan.tested ? words.byTrial(levels[plan.ceiling]) : words.untested,
  ];
  if (plan.pinned) return [...said, words.pinnedBy(plan.by)];
  if (!plan.trouble || plan.since === null) return said;
  return [...said, words.because(reasonSaid(plan.trouble), time(plan.since, conference)), words.itself];
}
