// Reads the number out of the marked test picture. vicon/measure/picture.py draws it, and says how
// the cells lie; it reads the same.

const COLUMNS = 20;
const ROWS = 2;
const BITS = 12;
/** The band of cells is one part in so many of the height. */
const BAND = 6;
/** A cell is dark below this share of the way from dark to light, light above the rest of it. */
const GUARD = 0.3;
const LEAST_CONTRAST = 40;
const POLYNOMIAL = 0x07;

/** A cell by row and column: what is known to be dark, and to be light. */
const DARK = [[0, 0], [0, 19], [1, 1], [1, 18]] as const;
const LIGHT = [[0, 1], [0, 18], [1, 0], [1, 19]] as const;

/**
 * The mark, 0..4095, of a picture of RGBA bytes, of any size from 40 x 24; -1: it cannot be read
 * surely.
 */
export function readMark(data: Uint8ClampedArray, width: number, height: number): number {
  if (height < ROWS * BAND * 2 || width < COLUMNS * 2) return -1;
  const cell = (row: number, column: number): number => middle(data, width, height, row, column);
  const dark = DARK.map(([row, column]) => cell(row, column));
  const light = LIGHT.map(([row, column]) => cell(row, column));
  if (Math.min(...light) - Math.max(...dark) < LEAST_CONTRAST) return -1;
  const floor = mean(dark);
  const span = mean(light) - floor;
  const rows: boolean[][] = [[], []];
  for (let column = 2; column < COLUMNS - 2; column++) {
    for (let row = 0; row < ROWS; row++) {
      const share = (cell(row, column) - floor) / span;
      if (share > GUARD && share < 1 - GUARD) return -1;
      rows[row]?.push(share > 0.5);
    }
  }
  return decode(rows[0] ?? [], rows[1] ?? []);
}

/** The first row has the number and half of the check, the second its complement and the rest. */
function decode(first: boolean[], second: boolean[]): number {
  for (let n = 0; n < BITS; n++) if (first[n] === second[n]) return -1;
  const mark = numberOf(first.slice(0, BITS));
  const check = (numberOf(first.slice(BITS)) << 4) | numberOf(second.slice(BITS));
  return crc8(mark) === check ? mark : -1;
}

/** CRC-8, polynomial x^8 + x^2 + x + 1, of the mark's two bytes. */
export function crc8(mark: number): number {
  let value = 0;
  for (const byte of [mark >> 8, mark & 0xff]) {
    value ^= byte;
    for (let n = 0; n < 8; n++) {
      value = value & 0x80 ? ((value << 1) ^ POLYNOMIAL) & 0xff : (value << 1) & 0xff;
    }
  }
  return value;
}

/** Grey of the middle half of a cell: its edges bleed. */
function middle(
  data: Uint8ClampedArray,
  width: number,
  height: number,
  row: number,
  column: number,
): number {
  const [cellWidth, cellHeight] = [width / COLUMNS, Math.floor(height / BAND) / ROWS];
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

function numberOf(bits: boolean[]): number {
  return bits.reduce((value, bit) => (value << 1) | Number(bit), 0);
}
