import { Icon } from "../components/Icon";
import { media } from "../i18n/media";
import { ownLine, upThin } from "../measured";

/** This hall's own line carries less than it should: said where the picture is looked for. */
export function LineNote() {
  const limit = ownLine.value?.limit;
  if (limit === "sound") return <Loud limit={limit} said={media.soundOnly} />;
  if (upThin.value) return <Loud limit="up" said={media.upSoundOnly} />;
  if (limit !== "reduced") return null;
  return (
    <span class="plate quiet-note" role="status" data-testid="line-limit" data-limit={limit}>
      <Icon name="link-weak" />
      {media.reduced}
    </span>
  );
}

function Loud({ limit, said }: { limit: string; said: string }) {
  return (
    <span
      class="wait line-note"
      role="status"
      data-testid="line-limit"
      data-limit={limit}
      data-up={upThin.value ? "sound" : ""}
    >
      <Icon name="link-weak" />
      <b>{said}</b>
    </span>
  );
}
