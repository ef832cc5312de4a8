import { isOpenAlarm, stands } from "../control/alarms";
import { heardMic, type RoomState, type Tally } from "../control/state";
import { duration } from "../format";
import { alarm } from "../i18n/alarm";
import { ceremony } from "../i18n/ceremony";
import { common } from "../i18n/common";
import { count as words } from "../i18n/count";
import { share } from "../i18n/share";
import type { RoomView } from "../protocol";
import { offersIn } from "../share/state";
import { Count } from "./Count";
import { estimateTone, sourcesOf } from "./estimate";
import { Icon } from "./Icon";
import { Mic } from "./Mic";
import { RoomPicture, type Stream } from "./RoomPicture";
import { StateChip } from "./StateChip";

interface TileProps {
  room: RoomView;
  state: RoomState;
  /** Its frame, whatever the chip says. */
  tally: Tally;
  stream: Stream | null;
  /** The key that opens it, as printed; null: none. */
  hotkey: string | null;
  /** Unix ms. */
  now: number;
  /** Large for everyone, whoever is on air. */
  pinned?: boolean;
  open: boolean;
  onOpen: () => void;
}

/**
 * A room on the wall: one button, fixed place, fixed size. Every fact has its own place, so
 * that it is found without reading; the frame is the tally and nothing else.
 */
export function Tile({ room, state, tally, stream, hotkey, now, pinned = false, open, onOpen }: TileProps) {
  return (
    <button
      type="button"
      class={tally ? `tile is-${tally}` : "tile"}
      data-room={room.code}
      data-count={room.count ?? ""}
      data-count-state={room.count_state}
      data-estimate={room.estimate?.persons ?? ""}
      data-quality={room.estimate?.quality ?? ""}
      data-alarms={room.alarms.filter(stands).map((one) => one.kind).join(" ")}
      data-state={state}
      aria-expanded={open}
      aria-describedby={`sources-${room.code}`}
      aria-keyshortcuts={hotkey ?? undefined}
      onClick={onOpen}
    >
      <RoomPicture room={room} stream={stream}>
        <Count room={room} plate />
        {room.hand !== null && <Hand place={room.hand} />}
        <Seen room={room} />
        <Offers room={room} />
        {/* Seen on hover and focus; read out as the tile's description. */}
        <span class="plate sources" id={`sources-${room.code}`}>
          {sourcesOf(room).map((source) => (
            <span key={source}>{source}</span>
          ))}
          <AlarmLine room={room} now={now} />
        </span>
      </RoomPicture>
      <span class="strip">
        <span class="l1">
          {hotkey !== null && (
            <span class="key" aria-hidden="true">
              {hotkey}
            </span>
          )}
          <RoomName room={room} />
        </span>
        <span class="l2">
          <StateChip state={state} lostSince={room.lost_since} now={now} />
          <span class="push">
            {pinned && <Icon name="pin" label={ceremony.pinnedShort} />}
            <Mic state={heardMic(room)} />
          </span>
        </span>
      </span>
    </button>
  );
}

/**
 * What the camera shows, once that is near the cap or above it, or clearly more than were counted:
 * seen without looking for it.
 */
function Seen({ room }: { room: RoomView }) {
  const tone = estimateTone(room);
  const persons = room.estimate?.persons ?? null;
  const differs = room.alarms.some((one) => one.kind === "mismatch" && stands(one));
  if (persons === null || (tone === "plain" && !differs)) return null;
  return (
    <span class={`plate seen ${tone === "over" ? "over" : "amber"}`} data-tone={tone}>
      {differs && <Icon name="warn" label={words.differs} />}
      <Icon name="cam" />
      <span aria-hidden="true">{words.approximately(persons)}</span>
    </span>
  );
}

/** A screen or documents that could be shown. */
function Offers({ room }: { room: RoomView }) {
  const [first] = offersIn(room);
  if (!first) return null;
  return (
    <span class="plate offers" data-testid={`offers-${room.code}`}>
      <Icon
        name={first.kind === "screen" ? "device" : "doc"}
        label={first.kind === "screen" ? share.offersScreen : share.offersDocument}
      />
    </span>
  );
}

/** That somebody must see to it still. Ended ones too: they want a mark. */
function AlarmLine({ room, now }: { room: RoomView; now: number }) {
  const oldest = room.alarms.find(isOpenAlarm);
  if (oldest) return <span class="unmarked">{alarm.short(duration(now - oldest.raised_at))}</span>;
  return room.alarms.length > 0 ? <span>{alarm.shortMarked}</span> : null;
}

export function Hand({ place }: { place: number }) {
  return (
    <span class="plate tl">
      <Icon name="hand" />
      <span aria-hidden="true">{place}</span>
      <span class="vh">{common.handQueue(place)}</span>
    </span>
  );
}

/** Never an ellipsis: where the name does not fit, the short one stands. */
export function RoomName({ room }: { room: RoomView }) {
  const length = room.title.length;
  const size = length >= 18 ? "long" : length >= 12 ? "mid" : "";
  return (
    <span class={size ? `name ${size}` : "name"} title={room.name}>
      <span class="full" aria-hidden="true">
        {room.title}
      </span>
      <span class="short" aria-hidden="true">
        {room.short_name}
      </span>
      <span class="vh">{room.name}</span>
    </span>
  );
}
