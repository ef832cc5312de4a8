import { Icon } from "../components/Icon";
import { PrivacyLink } from "../components/PrivacyLink";
import { words } from "../i18n/room";
import type { RoomView, View } from "../protocol";

export function RoomClosed({ seen, room }: { seen: View; room: RoomView }) {
  return (
    <main class="ended">
      <Icon name="check-c" />
      <div role="status">
        <h1>{words.closed}</h1>
        <p>{words.closedSub}</p>
      </div>
      <p class="muted">
        {room.name}
        <br />
        {seen.conference.title}
      </p>
      <PrivacyLink />
    </main>
  );
}
