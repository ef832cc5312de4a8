import { Icon } from "../components/Icon";
import { media } from "../i18n/media";
import { ownLine } from "../measured";

/** This hall's own line carries less than it should: said where the picture is looked for. */
export function LineNote() {
  const limit = ownLine.value?.limit;
  if (limit === "sound") {
    return (
      <span class="wait line-note" role="status" data-testid="line-limit" data-limit={limit}>
        <Icon name="link-weak" />
        <b>{media.soundOnly}</b>
      </span>
    );
  }
  if (limit !== "reduced") return null;
  return (
    <span class="plate quiet-note" role="status" data-testid="line-limit" data-limit={limit}>
      <Icon name="link-weak" />
      {media.reduced}
    </span>
  );
}
