import { duration } from "../format";
import type { RoomState } from "../control/state";
import { common } from "../i18n/common";
import { Chip, type ChipTone } from "./Chip";
import type { IconName } from "./Icon";

const looks: Record<RoomState, { icon: IconName; tone: ChipTone }> = {
  lost: { icon: "lost", tone: "bad" },
  air: { icon: "air", tone: "air" },
  next: { icon: "standby", tone: "next" },
  absent: { icon: "absent", tone: "plain" },
  gone: { icon: "exit", tone: "plain" },
  waiting: { icon: "enter", tone: "warn" },
  loading: { icon: "load", tone: "plain" },
  unready: { icon: "x-c", tone: "bad" },
  attention: { icon: "warn", tone: "warn" },
  ready: { icon: "check-c", tone: "ok" },
};

interface StateChipProps {
  state: RoomState;
  lostSince: number | null;
  /** Unix ms. */
  now: number;
}

/** The one chip of a room. */
export function StateChip({ state, lostSince, now }: StateChipProps) {
  const { icon, tone } = looks[state];
  return (
    <Chip icon={icon} tone={tone} spin={state === "loading"}>
      {state === "lost" ? common.lost(duration(now - (lostSince ?? now))) : common[state]}
    </Chip>
  );
}
