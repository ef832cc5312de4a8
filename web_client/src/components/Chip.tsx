import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./Icon";

export type ChipTone = "plain" | "ok" | "warn" | "bad" | "air" | "next";

interface ChipProps {
  icon: IconName;
  tone?: ChipTone;
  spin?: boolean;
  children: ComponentChildren;
}

/** Icon and word without a box; filled only for the two tallies, on air and next. */
export function Chip({ icon, tone = "plain", spin = false, children }: ChipProps) {
  return (
    <span class={tone === "plain" ? "chip" : `chip ${tone}`}>
      <Icon name={icon} spin={spin} />
      {children}
    </span>
  );
}
