import { Chip, type ChipTone } from "../../components/Chip";
import { Count } from "../../components/Count";
import type { IconName } from "../../components/Icon";
import { Mic } from "../../components/Mic";
import { StateChip } from "../../components/StateChip";
import { heardMic, roomState } from "../../control/state";
import { duration } from "../../format";
import { common } from "../../i18n/common";
import { control } from "../../i18n/control";
import type { DeviceView, RoomView, View } from "../../protocol";
import { clock } from "../../store";
import { deviceName } from "../Events";

/** Who is there now and what arrives. */
export function RoomDevices({ room, seen }: { room: RoomView; seen: View }) {
  // No picture is received here: what the media plane receives from the room counts as seen.
  const sight = { moving: room.publishing, shown: room.publishing, weak: null, held: null };
  const state = roomState(room, seen.conference, sight);
  const { words, icon, tone } = mediaWords(room);
  return (
    <dl class="facts" data-state={state} data-count={room.count ?? ""}>
      <div>
        <dt>{control.colState}</dt>
        <dd>
          <StateChip state={state} lostSince={room.lost_since} now={clock.value} />
        </dd>
      </div>
      <div>
        <dt>{control.colCount}</dt>
        <dd>
          <Count room={room} />
        </dd>
      </div>
      <div>
        <dt>{control.colMedia}</dt>
        <dd>
          <Chip icon={icon} tone={tone}>
            {words}
          </Chip>{" "}
          <Mic state={heardMic(room)} />
        </dd>
      </div>
      <div>
        <dt>{control.colDevices}</dt>
        <dd>
          <Devices devices={room.devices} />
        </dd>
      </div>
    </dl>
  );
}

function mediaWords(room: RoomView): { words: string; icon: IconName; tone: ChipTone } {
  if (room.presence !== "joined" || !room.publishing) {
    return { words: control.mediaNone, icon: "wait", tone: "plain" };
  }
  if (!room.camera) return { words: control.mediaNoCamera, icon: "cam-off", tone: "warn" };
  return { words: control.mediaOk, icon: "check-c", tone: "ok" };
}

function Devices({ devices }: { devices: DeviceView[] }) {
  if (devices.length === 0) return <span class="muted">{control.noDevices}</span>;
  return (
    <ul>
      {devices.map((device) => (
        <li key={device.id} class={device.connected ? undefined : "red"}>
          {deviceName(device)}
          {device.waiting && `, ${common.waiting}`}
          {!device.connected && `, ${lostFor(device)}`}
        </li>
      ))}
    </ul>
  );
}

function lostFor(device: DeviceView): string {
  return common.lost(duration(clock.value - (device.lost_since ?? clock.value)));
}
