import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { Icon } from "../components/Icon";
import { Wrong } from "../components/Wrong";
import { useSend } from "../control/useSend";
import { say } from "../i18n";
import { common } from "../i18n/common";
import { zones as words } from "../i18n/zones";
import type { RoomView } from "../protocol";
import { me } from "../store";
import "../styles/zones.css";
import { drawStill } from "./still";
import { ZoneBoard } from "./ZoneBoard";
import { added, begin, type Drawing, FRESH, MOST_ZONES, removed, sameZones, undone } from "./zones";

interface EditorProps {
  room: RoomView;
  onClose: () => void;
}

/** Where in the camera's picture no faces are counted, drawn over a still of it. */
export function ZoneEditor({ room, onClose }: EditorProps) {
  const [drawing, setDrawing] = useState<Drawing>(() => begin(room.zones));
  const [leaving, setLeaving] = useState(false);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [ratio, setRatio] = useState<number | null>(null);
  const shown = ratio !== null;
  const { send, refused } = useSend();
  const take = (): void => setRatio(canvas.current && drawStill(room, canvas.current));
  useEffect(take, []);
  const dirty = !sameZones(drawing.zones, room.zones);
  const close = (): void => (dirty && !leaving ? setLeaving(true) : onClose());
  const save = async (): Promise<void> => {
    if (await send({ type: "count.zones", room: room.code, zones: [...drawing.zones] })) onClose();
  };
  const adding = useRef(false);
  const add = (): void => {
    adding.current = true;
    setDrawing((now) => added(now, FRESH));
  };
  useEffect(() => {
    if (adding.current) focusZone(drawing.zones.length - 1); // for the arrow keys
    adding.current = false;
  }, [drawing.zones.length]);
  return (
    <Dialog
      title={words.title(room.title)}
      class="zones"
      testId="zones"
      onClose={close}
      ends={
        <>
          {leaving && <p class="amber">{words.leave}</p>}
          <Button look={leaving ? "danger" : "plain"} onClick={close} testId="zones-close">
            {leaving ? words.discard : shown ? common.cancel : common.close}
          </Button>
          {shown && (
            <Button look="primary" onClick={save} testId="zones-save">
              {words.save}
            </Button>
          )}
        </>
      }
    >
      <div
        class="editor"
        onKeyDown={(event) => {
          if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          setDrawing(undone);
        }}
      >
        <p>{words.why}</p>
        <div class={shown ? "still" : "still is-empty"} style={{ "--ratio": ratio ?? 1 }}>
          <canvas ref={canvas} hidden={!shown} />
          {shown ? <ZoneBoard drawing={drawing} onDraw={setDrawing} /> : <NoPicture />}
        </div>
        <div class="bt">
          {shown && <Tools drawing={drawing} onAdd={add} onDraw={setDrawing} />}
          <Button look={shown ? "quiet" : "plain"} icon="cam" onClick={take} testId="zones-take">
            {shown ? words.retake : words.take}
          </Button>
        </div>
        <Wrong text={refused && say(refused)} />
        {shown && <p class="hint">{words.how}</p>}
        {shown && <p class="hint keys">{words.keys}</p>}
        {shown && <p class="hint">{words.privacy}</p>}
      </div>
    </Dialog>
  );
}

function focusZone(n: number): void {
  document.querySelector<HTMLElement>(`[data-zone="${n}"]`)?.focus();
}

interface ToolsProps {
  drawing: Drawing;
  onAdd: () => void;
  onDraw: (next: (drawing: Drawing) => Drawing) => void;
}

function Tools({ drawing, onAdd, onDraw }: ToolsProps) {
  const { chosen, past, zones } = drawing;
  const full = zones.length >= MOST_ZONES ? words.most(MOST_ZONES) : null;
  return (
    <>
      <Button icon="plus" blocked={full} onClick={onAdd} testId="zone-add">
        {words.add}
      </Button>
      <Button
        icon="bin"
        blocked={chosen === null ? words.noneChosen : null}
        testId="zone-remove"
        onClick={() => onDraw((now) => (now.chosen === null ? now : removed(now, now.chosen)))}
      >
        {words.remove}
      </Button>
      <Button
        icon="undo"
        blocked={past.length === 0 ? words.nothing : null}
        testId="zone-undo"
        onClick={() => onDraw(undone)}
      >
        {words.undo}
      </Button>
      <span class="muted" role="status" data-testid="zone-count">
        {full ?? words.count(zones.length)}
      </span>
    </>
  );
}

function NoPicture() {
  const hall = me.value?.role === "operator";
  return (
    <div class="none" data-testid="zones-empty">
      <Icon name="cam-off" />
      <p class="strong">{words.none}</p>
      <p class="muted">{hall ? words.noneRoom : words.noneHow}</p>
    </div>
  );
}
