/** The lines of a pen on the signature pad, as they are sent. Pure. */

/** Across and down the pad. */
export const PAD = 1000;
/** Width to height of every pad, as the report draws it (vicon/report/pact.py): the lines keep no shape. */
export const PAD_RATIO = 3;
/** The server takes no more lines, nor numbers in all of them. */
export const MAX_LINES = 200;
export const MAX_NUMBERS = 20_000;
/** Shorter than this in all it is a slip of the hand, not a signature. */
export const LEAST = PAD / 20;
/** A pen that moved less than this, of the pad, has not moved. */
const STEP = 2;

/** x and y in turns, whole numbers, 0 to 1,000. */
export type Line = readonly number[];

/** Where a pad lies on the page; what getBoundingClientRect gives. */
export interface Place {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** A point of the page on the pad; beyond its edge it is on the edge. */
export function onPad(x: number, y: number, pad: Place): [number, number] {
  return [part(x - pad.left, pad.width), part(y - pad.top, pad.height)];
}

function part(along: number, whole: number): number {
  if (whole <= 0) return 0;
  return Math.min(PAD, Math.max(0, Math.round((along / whole) * PAD)));
}

/** A further line begins here; null: the pad takes no more. */
export function begun(lines: readonly Line[], point: readonly [number, number]): Line[] | null {
  return lines.length >= MAX_LINES || isFull(lines) ? null : [...lines, [...point]];
}

/** The last line goes on to here. The same lines when the pen has not moved, or the pad is full. */
export function extended(lines: readonly Line[], point: readonly [number, number]): readonly Line[] {
  const last = lines.at(-1);
  if (!last || isFull(lines)) return lines;
  const [x = 0, y = 0] = last.slice(-2);
  if (Math.hypot(point[0] - x, point[1] - y) < STEP) return lines;
  return [...lines.slice(0, -1), [...last, ...point]];
}

export function isFull(lines: readonly Line[]): boolean {
  return lines.reduce((sum, line) => sum + line.length, 0) + 2 > MAX_NUMBERS;
}

/** Long enough to be meant. */
export function isDrawn(lines: readonly Line[]): boolean {
  return lines.reduce((sum, line) => sum + lengthOf(line), 0) >= LEAST;
}

function lengthOf(line: Line): number {
  let sum = 0;
  for (let at = 2; at < line.length; at += 2) {
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = line.slice(at - 2, at + 2);
    sum += Math.hypot(x1 - x0, y1 - y0);
  }
  return sum;
}

/** What is needed of a canvas. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  "beginPath" | "moveTo" | "lineTo" | "quadraticCurveTo" | "stroke"
>;

/** Draws one line, smooth: through the middles of its steps, bent at its points. */
export function trace(pen: Pen, line: Line, width: number, height: number): void {
  const at = (n: number): [number, number] => [
    ((line[2 * n] ?? 0) / PAD) * width,
    ((line[2 * n + 1] ?? 0) / PAD) * height,
  ];
  const last = line.length / 2 - 1;
  pen.beginPath();
  pen.moveTo(...at(0));
  for (let n = 1; n < last; n++) {
    const [[x, y], [toX, toY]] = [at(n), at(n + 1)];
    pen.quadraticCurveTo(x, y, (x + toX) / 2, (y + toY) / 2);
  }
  pen.lineTo(...at(last)); // a dot is a line to itself
  pen.stroke();
}
