import { useState } from "preact/hooks";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { Icon, type IconName } from "../components/Icon";
import { PushSetting } from "../hall/PushSetting";
import { common } from "../i18n/common";
import { display } from "../i18n/display";
import { words } from "../i18n/room";
import { leaveRoom } from "../presence";
import type { DeviceKind, DeviceView, RoomView, View } from "../protocol";
import { clock, isRefusal } from "../store";
import { duration } from "../format";
import { CameraNotice } from "./CameraNotice";
import { qrOnce, qrPicture, useQr } from "./qr";

interface DevicesDialogProps {
  seen: View;
  room: RoomView;
  onClose: () => void;
  /** The programme on the hall's TV. */
  onScreen: () => void;
}

/** How a second device comes in, and which ones are here. */
export function DevicesDialog({ seen, room, onClose, onScreen }: DevicesDialogProps) {
  useQr(room.devices.length);
  return (
    <Dialog
      title={words.addDevice}
      onClose={onClose}
      ends={
        <>
          <Button look="danger" icon="exit" testId="leave" onClick={() => leave(onClose)}>
            {words.leave}
          </Button>
          <Button look="primary" onClick={onClose}>
            {common.close}
          </Button>
        </>
      }
    >
      <div class="adding">
        {qrPicture.value && <img class="qr" src={qrPicture.value} alt={words.qrName} />}
        <div>
          <p>{words.addHow}</p>
          {qrOnce.value ? <p class="muted">{words.addOnce}</p> : <CopyLink />}
        </div>
      </div>
      <p class="acts">
        <Button icon="screens" kbd="L" testId="second-screen-open" onClick={onScreen}>
          {display.title}
        </Button>
      </p>
      <h3 class="label">{words.inThisRoom}</h3>
      <ul class="kit">
        {room.devices.map((device) => (
          <Device key={device.id} device={device} mine={device.id === seen.you.device?.id} />
        ))}
      </ul>
      <PushSetting />
      <CameraNotice room={room} />
    </Dialog>
  );
}

function leave(then: () => void): void {
  leaveRoom().then(then, (error: unknown) => {
    if (!isRefusal(error)) throw error; // said in the notice
  });
}

function CopyLink() {
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    navigator.clipboard.writeText(location.href).then(
      () => setCopied(true),
      (error: DOMException) => console.warn("x copy:", error.name),
    );
  };
  if (!("clipboard" in navigator)) return null; // plain http: the QR code remains
  return (
    <Button icon={copied ? "check" : "copy"} onClick={copy}>
      {copied ? words.copied : words.copyLink}
    </Button>
  );
}

const icons: Record<DeviceKind, IconName> = {
  main: "cam",
  document: "doc",
  screen: "device",
  companion: "phone",
  desk: "device",
  voice: "phone",
};

function Device({ device, mine }: { device: DeviceView; mine: boolean }) {
  const names = {
    main: words.asMain,
    document: words.asDocument,
    screen: common.screen,
    companion: words.asCompanion,
    desk: common.desk,
    voice: common.voice,
  };
  return (
    <li>
      <Icon name={icons[device.kind]} />
      <span>
        {names[device.kind]}
        {device.label && `, ${device.label}`}
        {mine && <span class="muted"> ({words.thisOne})</span>}
      </span>
      <span class="push muted">
        {device.lost_since !== null
          ? common.lost(duration(clock.value - device.lost_since))
          : device.waiting
            ? common.waiting
            : ""}
      </span>
    </li>
  );
}
