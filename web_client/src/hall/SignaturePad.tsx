import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { hall as words } from "../i18n/hall";
import { begun, extended, type Line, onPad, trace } from "./strokes";

interface PadProps {
  lines: readonly Line[];
  onLines: (lines: readonly Line[]) => void;
  /** Nothing can be written now. */
  locked: boolean;
  /** The pad takes no more. */
  onFull: () => void;
}

const INK = "#14191f";
/** Of the pen's line, CSS pixels. */
const THICK = 2.5;

/** Where a person signs, with a pen, a finger or a mouse. One of them writes at a time. */
export function SignaturePad({ lines, onLines, locked, onFull }: PadProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const latest = useRef(lines);
  latest.current = lines;
  useDrawing(canvas, lines);
  const put = (next: readonly Line[]): void => {
    latest.current = next; // the next point may come before this one is drawn
    onLines(next);
  };
  const hand = useHand(latest, put, onFull);
  return (
    <canvas
      ref={canvas}
      class="pad"
      role="img"
      aria-label={words.pad}
      data-testid="pad"
      data-lines={lines.length}
      onPointerDown={locked ? undefined : hand.down}
      onPointerMove={hand.move}
      onPointerUp={hand.up}
      onPointerCancel={hand.cancel}
    />
  );
}

type Act = (event: PointerEvent & { currentTarget: HTMLCanvasElement }) => void;

interface Hand {
  down: Act;
  move: Act;
  up: Act;
  cancel: Act;
}

/** A pen goes before the hand that rests beside it: what a palm has drawn is taken away. */
function useHand(
  lines: { current: readonly Line[] },
  put: (lines: readonly Line[]) => void,
  onFull: () => void,
): Hand {
  const writing = useRef<{ id: number; type: string } | null>(null);
  const penSeen = useRef(false);
  if (lines.current.length === 0 && !writing.current) penSeen.current = false;
  const drop = (): void => {
    writing.current = null;
    put(lines.current.slice(0, -1));
  };
  const down: Act = (event) => {
    const pen = event.pointerType === "pen";
    if (event.button !== 0 || (penSeen.current && event.pointerType === "touch")) return;
    if (writing.current && !(pen && writing.current.type === "touch")) return;
    event.preventDefault();
    if (writing.current) drop();
    penSeen.current ||= pen;
    const next = begun(lines.current, pointOf(event));
    if (!next) return onFull();
    event.currentTarget.setPointerCapture(event.pointerId);
    writing.current = { id: event.pointerId, type: event.pointerType };
    put(next);
  };
  const move: Act = (event) => {
    if (writing.current?.id !== event.pointerId) return;
    const place = event.currentTarget.getBoundingClientRect();
    const points = event.getCoalescedEvents?.() ?? [];
    const next = (points.length > 0 ? points : [event]).reduce(
      (so, point) => extended(so, onPad(point.clientX, point.clientY, place)),
      lines.current,
    );
    if (next !== lines.current) put(next);
  };
  const mine = (event: PointerEvent): boolean => writing.current?.id === event.pointerId;
  return {
    down,
    move,
    up: (event) => {
      if (mine(event)) writing.current = null;
    },
    cancel: (event) => {
      if (mine(event)) drop(); // the system took it for a gesture or a palm
    },
  };
}

function pointOf(event: PointerEvent & { currentTarget: HTMLCanvasElement }): [number, number] {
  return onPad(event.clientX, event.clientY, event.currentTarget.getBoundingClientRect());
}

/** At the screen's own pixels, again when the pad's size changes. */
function useDrawing(canvas: { current: HTMLCanvasElement | null }, lines: readonly Line[]): void {
  const draw = useRef(() => {});
  draw.current = () => canvas.current && paint(canvas.current, lines);
  useLayoutEffect(() => draw.current(), [lines]);
  useEffect(() => {
    if (!canvas.current) return;
    const sizes = new ResizeObserver(() => draw.current());
    sizes.observe(canvas.current);
    return () => sizes.disconnect();
  }, []);
}

function paint(canvas: HTMLCanvasElement, lines: readonly Line[]): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  const pixels = globalThis.devicePixelRatio || 1;
  canvas.width = Math.round(width * pixels);
  canvas.height = Math.round(height * pixels);
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.scale(pixels, pixels);
  pen.strokeStyle = INK;
  pen.lineWidth = THICK;
  pen.lineCap = "round";
  pen.lineJoin = "round";
  for (const line of lines) trace(pen, line, width, height);
}
