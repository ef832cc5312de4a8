import { Icon } from "../components/Icon";
import { talk as words } from "../i18n/talk";
import { announcedBy, announcing, letGo, pressDown, useLettingGo } from "./announce";

/** Held or pressed; a click of a screen reader or of Enter has no pointer and switches. */
export function AnnounceButton({ blocked }: { blocked: string | null }) {
  useLettingGo("u");
  const state = announcing.value;
  const other = announcedBy.value;
  const why = blocked ?? (other === null ? null : words.announceOther(other));
  const off = why !== null && state === "off";
  return (
    <button
      type="button"
      class="btn announce"
      aria-disabled={off || undefined}
      aria-pressed={state !== "off"}
      aria-keyshortcuts="u"
      title={off ? why : words.announceHow}
      data-testid="announce"
      data-announcing={state}
      onPointerDown={(event) => !off && event.button === 0 && pressDown()}
      onPointerUp={letGo}
      onPointerCancel={letGo}
      onPointerLeave={letGo}
      onClick={(event) => !off && event.detail === 0 && pressDown()}
    >
      <span class="face">
        <Icon name="mega" />
        {{ off: words.announce, begins: words.announceWait, on: words.announceEnd }[state]}
        {off && <span class="vh">. {why}</span>}
      </span>
      <kbd>U</kbd>
    </button>
  );
}

/** For a screen reader: the button itself is where it always is. */
export function AnnounceState() {
  const said = { off: announcedBy.value && words.announceOther(announcedBy.value), begins: words.announceWait, on: words.announceNow };
  return (
    <p role="status" class="vh" data-testid="announcing">
      {said[announcing.value]}
    </p>
  );
}
