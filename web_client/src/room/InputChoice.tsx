import { type CaptureKind, chooseInput, inputs, trackOf, local } from "../capture";
import { Icon } from "../components/Icon";
import { words } from "../i18n/room";

/** Which camera and which microphone; only where there is a choice. */
export function InputChoice() {
  const { camera, microphone } = inputs.value;
  if (!local.value || (camera.length < 2 && microphone.length < 2)) return null;
  return (
    <li>
      <span class="what">
        <Icon name="device" />
        {words.devices}
      </span>
      <span class="inputs">
        <Choice kind="camera" label={words.chooseCamera} />
        <Choice kind="microphone" label={words.chooseMicrophone} />
      </span>
    </li>
  );
}

function Choice({ kind, label }: { kind: CaptureKind; label: string }) {
  const found = inputs.value[kind];
  if (found.length < 2) return null;
  const present = local.value && trackOf(kind)?.getSettings().deviceId;
  return (
    <select
      class="input"
      aria-label={label}
      value={present ?? ""}
      onChange={(event) => {
        chooseInput(kind, event.currentTarget.value).catch((error: unknown) =>
          console.warn("x input:", error),
        );
      }}
    >
      {found.map((one, i) => (
        <option key={one.deviceId} value={one.deviceId}>
          {one.label || words.defaultInput(i + 1)}
        </option>
      ))}
    </select>
  );
}
