import { time } from "../format";
import { standbyWords } from "../i18n/standby";
import type { StandbyState, View } from "../protocol";
import { server, standby } from "../servers";
import { Chip, type ChipTone } from "./Chip";
import type { IconName } from "./Icon";

const looks: Record<StandbyState["stand"], { icon: IconName; tone: ChipTone }> = {
  synced: { icon: "check-c", tone: "ok" },
  behind: { icon: "clock", tone: "warn" },
  away: { icon: "warn", tone: "warn" },
};

/** How the second server stands, for those who can do something about it; nothing where there is none. */
export function StandbyLine({ seen }: { seen: View }) {
  const told = standby.value;
  if (!told) return null;
  const { icon, tone } = looks[told.stand];
  return (
    <p class="standby" role="status" data-testid="standby" data-stand={told.stand}>
      <Chip icon={icon} tone={tone}>
        {words(told, seen)}
      </Chip>
      {server.value !== null && <span class="muted"> {standbyWords.other}</span>}
    </p>
  );
}

function words(told: StandbyState, seen: View): string {
  if (told.stand === "synced") return standbyWords.synced;
  if (told.stand === "behind") return standbyWords.behind(told.behind);
  return standbyWords.away(time(told.since, seen.conference, false));
}
