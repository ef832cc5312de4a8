import { Icon } from "../components/Icon";
import { hall as words } from "../i18n/hall";
import type { RoomView, View } from "../protocol";
import { isSigningTime, ownPart } from "./signing";

interface PactButtonProps {
  seen: View;
  room: RoomView;
  open: boolean;
  onPress: () => void;
}

/** Below the hall's own picture: how far the signing is, and the way to it. */
export function PactButton({ seen, room, open, onPress }: PactButtonProps) {
  const { signing } = seen.conference;
  if (!seen.pact) return null;
  const now = isSigningTime(seen, room);
  return (
    <button
      class={now ? "btn primary pact-open" : "btn pact-open"}
      type="button"
      data-testid="pact-open"
      aria-expanded={open}
      aria-keyshortcuts="p"
      onClick={onPress}
    >
      <Icon name={room.complete ? "check-c" : "pen"} />
      <span class="two">
        {now ? words.sign : words.pact}
        <small>{own(room, signing.open)}</small>
      </span>
      {signing.rooms > 0 && (
        <span class="push" data-testid="board">
          {words.board(signing.signed, signing.rooms)}
        </span>
      )}
    </button>
  );
}

function own(room: RoomView, open: boolean): string {
  const { signed, of } = ownPart(room);
  if (room.complete) return words.completeShort;
  return open && of > 0 ? words.ownPart(signed, of) : words.prepare;
}
