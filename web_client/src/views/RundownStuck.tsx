import { nameOf } from "../ceremony/rundown";
import { Button } from "../components/Button";
import { Icon } from "../components/Icon";
import type { Ask } from "../control/alarms";
import type { Tab } from "../control/handle";
import { stuck, type StuckNow, stuckNow } from "../control/stuck";
import type { Act } from "../control/useAct";
import { say } from "../i18n";
import { alarm } from "../i18n/alarm";
import { ceremony } from "../i18n/ceremony";
import { common } from "../i18n/common";
import { control } from "../i18n/control";
import type { View } from "../protocol";

interface StuckProps {
  seen: View;
  act: Act;
  ask: Ask;
  onTab: (tab: Tab) => void;
}

/** Why Lanjut was refused, and what helps. It stays until that is settled. */
export function RundownStuck(props: StuckProps) {
  const now = stuckNow(props.seen, stuck.value);
  return (
    <div role="alert">
      {now && (
        <div class="stuck" data-testid="stuck" data-code={now.code}>
          <p>
            <Icon name="warn" />
            <span>{say(now.text)}</span>
          </p>
          <div class="bt">
            <Helps now={now} {...props} />
          </div>
        </div>
      )}
    </div>
  );
}

const dismiss = (): void => {
  stuck.value = null;
};

function Helps({ now, seen, act, ask, onTab }: StuckProps & { now: StuckNow }) {
  const { item, hall, code } = now;
  if (code === "room_absent" && item) {
    const skip = (): void => {
      act({ type: "rundown.skip", item: item.id, on: true });
      dismiss();
    };
    return (
      <>
        <Button kbd="X" testId="stuck-skip" onClick={skip}>
          {ceremony.skipItem(nameOf(seen, item))}
        </Button>
        <Button testId="stuck-wait" onClick={dismiss}>
          {ceremony.wait}
        </Button>
      </>
    );
  }
  if (code === "room_over" && hall) {
    return (
      <>
        <Button testId="stuck-mark" onClick={() => ask({ what: "mark", code: hall.code, kind: "over" })}>
          {alarm.mark}
        </Button>
        <Button testId="stuck-allow" onClick={() => ask({ what: "allow", code: hall.code })}>
          {control.allowMore}
        </Button>
        <Button look="quiet" onClick={dismiss}>
          {common.close}
        </Button>
      </>
    );
  }
  const look = (): void => {
    onTab("rundown");
    dismiss();
  };
  return (
    <>
      <Button testId="stuck-look" onClick={look}>
        {ceremony.seeRundown}
      </Button>
      <Button look="quiet" onClick={dismiss}>
        {common.close}
      </Button>
    </>
  );
}
