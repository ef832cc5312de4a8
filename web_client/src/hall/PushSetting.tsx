import { hall as words } from "../i18n/hall";
import { pushOn, setPush } from "./usePush";

/** Off unless the person wants it: a hall's microphone is mostly opened by the moderator. */
export function PushSetting() {
  return (
    <>
      <h3 class="label">{words.pushTitle}</h3>
      <label class="pick switch">
        <input
          type="checkbox"
          role="switch"
          checked={pushOn.value}
          data-testid="push-setting"
          onChange={(event) => setPush(event.currentTarget.checked)}
        />
        <span>
          {words.push}
          <span class="hint">{words.pushWhy}</span>
        </span>
      </label>
    </>
  );
}
