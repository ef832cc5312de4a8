import { useState } from "preact/hooks";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { Icon, type IconName } from "../components/Icon";
import type { Act } from "../control/useAct";
import { duration } from "../format";
import { common } from "../i18n/common";
import { control } from "../i18n/control";
import type { DeviceKind, DeviceView, RoomView } from "../protocol";
import { clock } from "../store";
import { deviceName } from "./Events";
import { PaneLink } from "./PaneLink";

const icons: Record<DeviceKind, IconName> = {
  main: "cam",
  document: "doc",
  screen: "device",
  companion: "phone",
  desk: "device",
  voice: "phone",
};

/** The room's devices with what each is doing, and the way in or out. */
export function PaneDevices({ room, act }: { room: RoomView; act: Act }) {
  const [removing, setRemoving] = useState<DeviceView | null>(null);
  const remove = (device: DeviceView) => {
    act({ type: "device.remove", device: device.id });
    setRemoving(null);
  };
  return (
    <section class="devices">
      <h3 class="h">{control.devices}</h3>
      {room.devices.length === 0 && <p class="muted">{control.noDevices}</p>}
      <ul>
        {room.devices.map((device) => (
          <li key={device.id} data-device={device.id}>
            <Icon name={icons[device.kind]} />
            <span class="what">
              <b>{deviceName(device)}</b>
              <span class="muted">{stateOf(device)}</span>
            </span>
            {device.waiting ? (
              <>
                <Button onClick={() => act({ type: "device.admit", device: device.id })}>
                  {control.admit}
                </Button>
                <Button look="danger" onClick={() => remove(device)}>
                  {control.reject}
                </Button>
              </>
            ) : (
              <Button
                look="quiet"
                icon="exit"
                onClick={() => (device.connected ? setRemoving(device) : remove(device))}
              >
                {control.remove}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {!room.hub && <PaneLink room={room} />}
      {removing && (
        <RemoveDialog device={removing} onClose={() => setRemoving(null)} onYes={remove} />
      )}
    </section>
  );
}

/** `Kamera utama, mengirim`; the kind is left out where it is the name already. */
function stateOf(device: DeviceView): string {
  const parts = device.label ? [common[device.kind]] : [];
  if (device.shared) parts.push(control.shared);
  if (device.waiting) parts.push(common.waiting);
  else if (!device.connected) parts.push(lostFor(device));
  else if (device.kind === "main" || device.kind === "document" || device.kind === "screen") parts.push(sending(device));
  return parts.join(", ");
}

function lostFor(device: DeviceView): string {
  return common.lost(duration(clock.value - (device.lost_since ?? clock.value)));
}

function sending(device: DeviceView): string {
  if (!device.camera) return common.cameraOff;
  return device.publishing ? control.sends : control.sendsNot;
}

interface RemoveDialogProps {
  device: DeviceView;
  onClose: () => void;
  onYes: (device: DeviceView) => void;
}

function RemoveDialog({ device, onClose, onYes }: RemoveDialogProps) {
  return (
    <Dialog
      title={control.removeAsk(deviceName(device))}
      onClose={onClose}
      ends={
        <>
          <Button onClick={onClose} autofocus>
            {common.cancel}
          </Button>
          <Button look="danger" icon="exit" onClick={() => onYes(device)} testId="remove-yes">
            {control.removeYes}
          </Button>
        </>
      }
    >
      <p>{control.removeWhy}</p>
    </Dialog>
  );
}
