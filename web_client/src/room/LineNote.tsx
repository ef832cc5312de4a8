import { Icon } from "../components/Icon";
import { media } from "../i18n/media";
import { ownLine, upThin } from "../measured";

/** This hall's own line carries less than it should: said where the picture is looked for. */
export function LineNote() {
  const limit = ownLine.value?.limit ?? "";
  const up = upThin.value;
  if (!limit && !up) return null;
  const alone = limit === "sound";
  const said = alone ? media.soundOnly : up ? media.upOnly : media.reduced;
  return (
    <span
      class={alone ? "wait line-note" : "plate quiet-note"}
      role="status"
      data-testid="line-limit"
      data-limit={limit}
      data-up={up ? "sound" : ""}
    >
      <Icon name="link-weak" />
      {alone ? <b>{said}</b> : said}
    </span>
  );
}
