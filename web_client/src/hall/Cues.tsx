import { useEffect } from "preact/hooks";
import { Button } from "../components/Button";
import { time, type Zone } from "../format";
import { hall as words } from "../i18n/hall";
import { audioContext } from "../media/level";
import type { RoomView } from "../protocol";
import { chime } from "../room/chime";
import { hasNews, sizeOf } from "./cues";
import { cueShown, understand } from "./state";

interface CuesProps {
  room: RoomView;
  zone: Zone;
  /** This device plays the hall's sound. */
  main: boolean;
}

/** A message of the hub, large, until somebody in the hall has understood it. */
export function Cues({ room, zone, main }: CuesProps) {
  useSound(room, main);
  const shown = cueShown.value;
  return (
    <div class="cues" role="alert" data-testid="cues">
      {shown && (
        <div class="cue" key={shown.cue.id} data-cue={shown.cue.id}>
          <div class="spoken">
            <p class="from">{words.from(shown.cue.by, time(shown.cue.at, zone, false))}</p>
            <p class={`words ${sizeOf(shown.cue.text)}`}>{shown.cue.text}</p>
          </div>
          <div class="bt">
            <Button look="primary" class="xl" kbd="G" testId="cue-seen" onClick={understand}>
              {words.understood}
            </Button>
            {shown.more > 0 && <p class="more">{words.moreMessages(shown.more)}</p>}
          </div>
        </div>
      )}
    </div>
  );
}

const heard = new Set<string>();

/** Two notes for each new message; none while the others would hear them through the microphone. */
function useSound(room: RoomView, main: boolean): void {
  const news = hasNews(room.cues, heard);
  useEffect(() => {
    if (!news) return;
    heard.clear();
    for (const { id } of room.cues) heard.add(id);
    if (!main || room.mic === "on" || audioContext().state !== "running") return;
    chime().catch((error: unknown) => console.warn("- the message was not heard:", error));
  });
}
