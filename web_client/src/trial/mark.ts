// Reads the number out of the marked test picture. vicon/measure/picture.py draws it, and says how
// the cells lie; it reads the same.

const COLUMNS = 20;
const ROWS = 2;
/** How many marks there are. */
const MARKS = 1024;
/** The band of cells is one part in so many of the height. */
const BAND = 6;
/** A cell is dark below this share of the way from dark to light, light above the rest of it. */
const GUARD = 0.3;
const LEAST_CONTRAST = 40;
/** GF(32): x^5 + x^2 + 1. */
const FIELD = 0b100101;
/** Cells that are turned over, bit x for cell x. */
const TURNED = 0x00056542;

/** A cell by row and column: what is known to be dark, and to be light. */
const DARK = [[0, 0], [0, 19], [1, 1], [1, 18]] as const;
const LIGHT = [[0, 1], [0, 18], [1, 0], [1, 19]] as const;

/** How many rows of a picture, from the top, hold its mark. */
export function markRows(height: number): number {
  return Math.floor(height / BAND);
}

/**
 * The mark, 0..1023, of a picture of RGBA bytes, of any size from 40 x 24; -1: it cannot be read
 * surely. `data` may end after the first markRows(height) rows.
 */
export function readMark(data: Uint8ClampedArray, width: number, height: number): number {
  if (height < ROWS * BAND * 2 || width < COLUMNS * 2) return -1;
  const cell = (row: number, column: number): number => middle(data, width, height, row, column);
  const dark = DARK.map(([row, column]) => cell(row, column));
  const light = LIGHT.map(([row, column]) => cell(row, column));
  if (Math.min(...light) - Math.max(...dark) < LEAST_CONTRAST) return -1;
  const floor = mean(dark);
  const span = mean(light) - floor;
  let shown = 0;
  for (let x = 0; x < 32; x++) {
    const share = (cell(x >> 4, 2 + (x & 15)) - floor) / span;
    if (share > GUARD && share < 1 - GUARD) return -1;
    if (share > 0.5) shown |= 1 << x;
  }
  return marks.get(shown >>> 0) ?? -1;
}

/** Product in GF(32). */
function times(a: number, b: number): number {
  let product = 0;
  for (let place = 0; place < 5; place++) if ((b >> place) & 1) product ^= a << place;
  for (let place = 8; place > 4; place--) if ((product >> place) & 1) product ^= FIELD << (place - 5);
  return product;
}

function trace(a: number): number {
  let total = 0;
  for (let n = 0, power = a; n < 5; n++, power = times(power, power)) total ^= power;
  return total;
}

/** The 32 cells of a mark, bit x for cell x, 1 for light. */
export function wordOf(mark: number): number {
  let value = 0;
  for (let x = 0; x < 32; x++) {
    const cube = times(x, times(x, x));
    if (trace(times(mark & 31, x) ^ times(mark >> 5, cube))) value |= 1 << x;
  }
  return (value ^ TURNED) >>> 0;
}

/** The mark of each word. */
const marks = new Map(Array.from({ length: MARKS }, (_, mark) => [wordOf(mark), mark]));

/** Grey of the middle half of a cell: its edges bleed. */
function middle(
  data: Uint8ClampedArray,
  width: number,
  height: number,
  row: number,
  column: number,
): number {
  const [cellWidth, cellHeight] = [width / COLUMNS, markRows(height) / ROWS];
  const [left, right] = inner(column, cellWidth);
  const [top, bottom] = inner(row, cellHeight);
  let sum = 0;
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) sum += grey(data, (y * width + x) * 4);
  }
  return sum / ((right - left) * (bottom - top));
}

/** Whole pixels of the middle half of the cell at `place`; at least one. */
function inner(place: number, size: number): [number, number] {
  const from = Math.round((place + 0.25) * size);
  return [from, Math.max(from + 1, Math.round((place + 0.75) * size))];
}

/** ITU-R BT.601, 2.5.1. */
function grey(data: Uint8ClampedArray, at: number): number {
  return 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
}

function mean(values: number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}
