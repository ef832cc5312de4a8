import type { ComponentChildren } from "preact";
import { Icon } from "../components/Icon";
import { Picture } from "../components/Picture";
import { RoomPicture, type Stream } from "../components/RoomPicture";
import { share as words } from "../i18n/share";
import { heldBack } from "../measured";
import { streams } from "../media";
import type { PresentationView, RoomView, View } from "../protocol";
import { insetRoom, isOnStage, largeRoom, secondRoom } from "../room/state";
import "../styles/share.css";
import { shared } from "./share";
import { PRESENT } from "./state";

interface PresentedProps {
  seen: View;
  shown: PresentationView;
  streamOf: (room: RoomView) => Stream | null;
  /** What stands over what is shown. */
  children?: ComponentChildren;
}

/** A screen or documents, large; who speaks, and who else was large, beside them and never over them. */
export function Presented({ seen, shown, streamOf, children }: PresentedProps) {
  const rooms = [largeRoom(seen), secondRoom(seen), insetRoom(seen)];
  return (
    <div class="presented" data-testid="presented" data-presents={shown.device} data-kind={shown.kind}>
      <Slides seen={seen} shown={shown}>
        {children}
      </Slides>
      <div class="speakers">
        {rooms.map(
          (room) =>
            room && (
              <span key={room.code} data-testid="speaker" data-shows={room.code}>
                <RoomPicture room={room} stream={streamOf(room)}>
                  <span class={isOnStage(seen, room.code) ? "plate under air" : "plate under"}>
                    {isOnStage(seen, room.code) && <Icon name="air" />}
                    {room.title.length > 14 ? room.short_name : room.title}
                  </span>
                </RoomPicture>
              </span>
            ),
        )}
      </div>
    </div>
  );
}

function Slides({ seen, shown, children }: Omit<PresentedProps, "streamOf">) {
  const mine = shared.value;
  const own = mine !== null && mine.device === shown.device;
  if (own && shown.kind === "screen") return <OwnScreen>{children}</OwnScreen>;
  const stream = streams.value[PRESENT] ?? null;
  const video = own ? mine.stream : (stream?.video ?? null);
  const comes = own || (stream?.lines ?? 0) > 0;
  const held = !own && heldBack(PRESENT) !== null && !stream?.moving;
  const room = seen.rooms.find(({ code }) => code === shown.room);
  return (
    <Picture stream={video} state="live" whole class="slides">
      {held ? (
        <span class="plate link amber" role="status" data-testid="slides-held">
          <Icon name="link-weak" />
          {words.held}
        </span>
      ) : (
        !comes && (
          <span class="void">
            <Icon name="load" spin />
            <span>{words.coming}</span>
          </span>
        )
      )}
      <span class="plate shown-by">
        <Icon name={shown.kind === "screen" ? "device" : "doc"} />
        {(shown.kind === "screen" ? words.screenOf : words.documentsOf)(room?.title ?? shown.room)}
      </span>
      {children}
    </Picture>
  );
}

/** What is on this very screen is not shown on it once more. */
function OwnScreen({ children }: { children?: ComponentChildren }) {
  return (
    <Picture stream={null} state="void" whole class="slides">
      <span class="void own-screen">
        <Icon name="device" />
        <b>{words.ownScreen}</b>
        <span>{words.ownScreenWhy}</span>
      </span>
      {children}
    </Picture>
  );
}
