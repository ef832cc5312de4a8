import { Icon } from "../components/Icon";
import { attendance as words } from "../i18n/attendance";
import type { RoomView } from "../protocol";

interface ListButtonProps {
  room: RoomView;
  open: boolean;
  onPress: () => void;
}

/** Opens the attendance list, and says how many are on it. */
export function ListButton({ room, open, onPress }: ListButtonProps) {
  return (
    <button
      class="btn list"
      type="button"
      data-testid="attendance-open"
      aria-expanded={open}
      aria-keyshortcuts="d"
      onClick={onPress}
    >
      <Icon name="list" />
      <span class="two">
        {words.title}
        <small>{words.present(room.checked_in)}</small>
      </span>
    </button>
  );
}
