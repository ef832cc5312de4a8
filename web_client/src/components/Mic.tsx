import { common } from "../i18n/common";
import type { MicState } from "../protocol";
import { Icon, type IconName } from "./Icon";

const icons: Record<MicState, IconName> = { on: "mic", off: "mic-off", locked: "mic-lock" };

/** A room's microphone as one small icon: green while it is heard, a lock while it may not. */
export function Mic({ state }: { state: MicState }) {
  const words = { on: common.micOn, off: common.micOff, locked: common.micLocked };
  return (
    <span class={state === "off" ? "mic" : `mic ${state}`}>
      <Icon name={icons[state]} label={words[state]} />
    </span>
  );
}
