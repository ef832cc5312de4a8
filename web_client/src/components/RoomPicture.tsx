import type { ComponentChildren } from "preact";
import { sightFor } from "../control/sight";
import { isLoading, pictureState } from "../control/state";
import { type Plate, plateOf } from "../fallback";
import { common } from "../i18n/common";
import { levels } from "../i18n/fallback";
import { media } from "../i18n/media";
import { server } from "../i18n/server";
import type { Held } from "../measured";
import type { RoomView } from "../protocol";
import { Icon } from "./Icon";
import { Picture } from "./Picture";

/** What arrives from a room. */
export interface Stream {
  video: MediaStream;
  /** Frames arrived within the last second. */
  moving: boolean;
  /** Pixels of its shorter side; 0 before the first picture. Absent for one's own. */
  lines?: number;
  /** Why the link is poor; null while it is not. */
  weak: string | null;
}

interface RoomPictureProps {
  room: RoomView;
  stream: Stream | null;
  whole?: boolean;
  class?: string;
  /** Further plates. */
  children?: ComponentChildren;
}

/** A room's picture with what belongs over it: nobody there, on its way, no camera, weak link. */
export function RoomPicture({ room, stream, whole, class: look, children }: RoomPictureProps) {
  const sight = sightFor(room, stream);
  const state = pictureState(room, sight);
  const plate = plateOf(room);
  return (
    <Picture stream={stream?.video ?? null} state={state} whole={whole} class={look}>
      {state === "void" ? <Nobody room={room} /> : isLoading(room, sight) && <OnItsWay />}
      {state === "still" && !room.camera && !stream?.weak && <CameraOff />}
      {state === "still" && room.camera && sight?.held && (
        <HeldBack room={room} why={sight.held} shown={sight.shown} />
      )}
      {plate && state !== "lost" && state !== "void" && <PlanPlate room={room} plate={plate} />}
      {stream?.weak && !plate && !sight?.held && state !== "lost" && state !== "void" && (
        <span class="plate link amber">
          <Icon name="link-weak" />
          {stream.weak}
        </span>
      )}
      {children}
    </Picture>
  );
}

function Nobody({ room }: { room: RoomView }) {
  const withoutMain = room.presence === "joined";
  return (
    <span class="void">
      <Icon name={room.presence === "waiting" ? "enter" : withoutMain ? "cam-off" : "absent"} />
      {withoutMain && common.noMain}
    </span>
  );
}

function OnItsWay() {
  return (
    <span class="void">
      <Icon name="load" spin />
    </span>
  );
}

function CameraOff() {
  return (
    <span class="void dim">
      <Icon name="cam-off" />
      {common.cameraOff}
    </span>
  );
}

interface Kept {
  icon: "link-weak" | "cam-off" | "pause";
  said: () => string;
  short: () => string;
}

const HELD: Record<Exclude<Held, "plan">, Kept> = {
  bandwidth: { icon: "link-weak", said: () => media.held, short: () => media.heldShort },
  uplink: { icon: "link-weak", said: () => media.heldThere, short: () => media.heldShort },
  server: { icon: "pause", said: () => server.rests, short: () => server.restsShort },
  codec: { icon: "cam-off", said: () => media.codec, short: () => media.codecShort },
};

/** In place of a picture that would stand still: over the last one, or the room's letters. */
function HeldBack({ room, why, shown }: { room: RoomView; why: Held; shown: boolean }) {
  return (
    <>
      {!shown && (
        <span class="void" aria-hidden="true">
          <b class="abbr">{room.abbr || room.short_name}</b>
        </span>
      )}
      {why !== "plan" && <HeldPlate why={why} />}
    </>
  );
}

function HeldPlate({ why }: { why: Exclude<Held, "plan"> }) {
  const { icon, said, short } = HELD[why];
  return (
    <span class="plate link amber" data-held={why}>
      <Icon name={icon} />
      <span class="long">{said()}</span>
      <span class="short" aria-hidden="true">
        {short()}
      </span>
    </span>
  );
}

/** How much picture the room has by its fallback plan, and why. */
function PlanPlate({ room, plate }: { room: RoomView; plate: Plate }) {
  const level = room.fallback?.level ?? "720p";
  return (
    <span class="plate link amber" data-plan={level}>
      <Icon name={plate.pinned ? "pin" : "link-weak"} />
      <span class="long">{plate.said}</span>
      <span class="short" aria-hidden="true">
        {levels[level]}
      </span>
    </span>
  );
}
