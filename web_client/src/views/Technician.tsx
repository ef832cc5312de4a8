import { Count } from "../components/Count";
import { Icon, type IconName } from "../components/Icon";
import { Mic } from "../components/Mic";
import { theme, usePage } from "../components/page";
import { PageTop, ThemeSwitch } from "../components/PageTop";
import { StateChip } from "../components/StateChip";
import { heardMic, presentCount, roomState, tileKey, wall } from "../control/state";
import { duration } from "../format";
import { common } from "../i18n/common";
import { control } from "../i18n/control";
import type { DeviceView, RoomView, View } from "../protocol";
import { away, clock, view } from "../store";
import "../styles/technician.css";
import { deviceName } from "./Events";
import { Waiting } from "./Waiting";

/** Who is there and what arrives, room by room: one sentence on top, then a row each. */
export function Technician() {
  usePage("technician", theme.value);
  if (!view.value) return <Waiting />;
  const seen = view.value;
  return (
    <div class={away.value ? "technician away" : "technician"}>
      <PageTop seen={seen}>
        <ThemeSwitch />
      </PageTop>
      <Sentence rooms={wall(seen.rooms)} />
      <main>
        <table>
          <thead>
            <tr>
              <th scope="col">{control.colRoom}</th>
              <th scope="col">{control.colState}</th>
              <th scope="col">{control.colCount}</th>
              <th scope="col">{control.colMedia}</th>
              <th scope="col">{control.colDevices}</th>
            </tr>
          </thead>
          <tbody>
            {seen.rooms.map((room, i) => (
              <Row key={room.code} room={room} seen={seen} place={room.hub ? "" : tileKey(i)} />
            ))}
          </tbody>
        </table>
      </main>
    </div>
  );
}

function Sentence({ rooms }: { rooms: RoomView[] }) {
  const here = presentCount(rooms);
  const names = (presence: RoomView["presence"]) =>
    rooms.filter((room) => room.presence === presence).map((room) => room.title);
  const [lost, missing] = [names("lost"), names("absent")];
  const all = here === rooms.length && lost.length === 0;
  return (
    <section class="verdict" role="status">
      <span class={all ? "green" : lost.length ? "red" : "amber"}>
        <Icon name={all ? "check-c" : lost.length ? "lost" : "clock"} />
      </span>
      <div>
        <p class="large-words">
          {all ? control.allHere : here ? control.someHere(here, rooms.length) : control.noneHere}
        </p>
        <p class="muted">
          {lost.length > 0 && control.lostRooms(lost.join(", "))}{" "}
          {missing.length > 0 && here > 0 && control.missing(missing.join(", "))}
        </p>
      </div>
    </section>
  );
}

interface RowProps {
  room: RoomView;
  seen: View;
  place: string | null;
}

function Row({ room, seen, place }: RowProps) {
  // No picture is received here: what the media plane receives from the room counts as seen.
  const sight = { moving: room.publishing, shown: room.publishing, weak: null };
  const state = roomState(room, seen.conference, sight);
  return (
    <tr data-room={room.code} data-state={state} data-count={room.count ?? ""}>
      <th scope="row">
        <span class="place">{place}</span>
        <span>
          <b>{room.title}</b>
          <span class="muted">{room.code}</span>
        </span>
      </th>
      <td>
        <StateChip state={state} lostSince={room.lost_since} now={clock.value} />
      </td>
      <td>
        <Count room={room} />
      </td>
      <td>
        <Media room={room} />
      </td>
      <td>
        <Devices devices={room.devices} />
      </td>
    </tr>
  );
}

function Media({ room }: { room: RoomView }) {
  const { words, icon, tone } = mediaWords(room);
  return (
    <span class={`chip ${tone}`}>
      <Icon name={icon} />
      {words}
      <Mic state={heardMic(room)} />
    </span>
  );
}

function mediaWords(room: RoomView): { words: string; icon: IconName; tone: string } {
  if (room.presence !== "joined" || !room.publishing) {
    return { words: control.mediaNone, icon: "wait", tone: "" };
  }
  if (!room.camera) return { words: control.mediaNoCamera, icon: "cam-off", tone: "warn" };
  return { words: control.mediaOk, icon: "check-c", tone: "ok" };
}

function Devices({ devices }: { devices: DeviceView[] }) {
  if (devices.length === 0) return <span class="faint">–</span>;
  return (
    <ul class="small">
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
