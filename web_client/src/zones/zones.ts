/** Zones of a camera's picture in which no faces are counted, as they are drawn. Pure. */
import type { Zone } from "../protocol";

export const MOST_ZONES = 12;
/** Smaller ones are a slip of the hand. Parts of the picture, as all below. */
export const LEAST = 0.02;
const MOST_UNDO = 50;

export interface Drawing {
  zones: readonly Zone[];
  /** Index of the one that is worked on; null: none. */
  chosen: number | null;
  /** Earlier states, newest last. */
  past: readonly (readonly Zone[])[];
}

export interface Spot {
  x: number;
  y: number;
}

export type Corner = "nw" | "ne" | "sw" | "se";
export const CORNERS: readonly Corner[] = ["nw", "ne", "sw", "se"];

export function begin(zones: readonly Zone[]): Drawing {
  return { zones, chosen: null, past: [] };
}

/** One more, chosen; nothing where there are as many as there can be. */
export function added(drawing: Drawing, zone: Zone): Drawing {
  if (drawing.zones.length >= MOST_ZONES) return drawing;
  const zones = [...drawing.zones, rounded(zone)];
  return { ...kept(drawing), zones, chosen: zones.length - 1 };
}

export function removed(drawing: Drawing, n: number): Drawing {
  const zones = drawing.zones.filter((_, i) => i !== n);
  return { ...kept(drawing), zones, chosen: null };
}

/** Another shape for one; `first`: a movement begins, to which undo goes back. */
export function changed(drawing: Drawing, n: number, zone: Zone, first: boolean): Drawing {
  const zones = drawing.zones.map((one, i) => (i === n ? rounded(zone) : one));
  return { ...(first ? kept(drawing) : drawing), zones, chosen: n };
}

export function chosen(drawing: Drawing, n: number | null): Drawing {
  return { ...drawing, chosen: n };
}

export function undone(drawing: Drawing): Drawing {
  const zones = drawing.past.at(-1);
  return zones ? { zones, chosen: null, past: drawing.past.slice(0, -1) } : drawing;
}

function kept(drawing: Drawing): Drawing {
  return { ...drawing, past: [...drawing.past, drawing.zones].slice(-MOST_UNDO) };
}

/** The rectangle between two spots, within the picture; null: too small to be meant. */
export function between(a: Spot, b: Spot): Zone | null {
  const [left, right] = ordered(part(a.x), part(b.x));
  const [top, bottom] = ordered(part(a.y), part(b.y));
  const [width, height] = [right - left, bottom - top];
  return width < LEAST || height < LEAST ? null : { x: left, y: top, width, height };
}

/** Moved whole, and not out of the picture. */
export function moved(zone: Zone, dx: number, dy: number): Zone {
  const x = Math.min(Math.max(0, zone.x + dx), 1 - zone.width);
  const y = Math.min(Math.max(0, zone.y + dy), 1 - zone.height);
  return { ...zone, x, y };
}

/** One corner moved; the opposite one stays. */
export function stretched(zone: Zone, corner: Corner, dx: number, dy: number): Zone {
  let [left, right] = [zone.x, zone.x + zone.width];
  let [top, bottom] = [zone.y, zone.y + zone.height];
  if (corner === "nw" || corner === "sw") left = Math.min(part(left + dx), right - LEAST);
  else right = Math.max(part(right + dx), left + LEAST);
  if (corner === "nw" || corner === "ne") top = Math.min(part(top + dy), bottom - LEAST);
  else bottom = Math.max(part(bottom + dy), top + LEAST);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** Where a zone that is added without a pointer appears: a fifth of the picture, in its middle. */
export const FRESH: Zone = { x: 0.4, y: 0.4, width: 0.2, height: 0.2 };

/** The arrow keys move a zone, with Shift its lower right corner; null: none of them. */
export function byKey(zone: Zone, key: string, shift: boolean): Zone | null {
  const way = ARROWS[key];
  if (!way) return null;
  const [dx, dy] = [way.x * STEP, way.y * STEP];
  return shift ? stretched(zone, "se", dx, dy) : moved(zone, dx, dy);
}

const STEP = 0.01;
const ARROWS: Record<string, Spot | undefined> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

export function sameZones(a: readonly Zone[], b: readonly Zone[]): boolean {
  return JSON.stringify(a.map(rounded)) === JSON.stringify(b.map(rounded));
}

/** To a thousandth, as the server keeps it. */
function rounded({ x, y, width, height }: Zone): Zone {
  const [left, top] = [thousandth(x), thousandth(y)];
  return {
    x: left,
    y: top,
    width: Math.min(thousandth(width), thousandth(1 - left)),
    height: Math.min(thousandth(height), thousandth(1 - top)),
  };
}

function thousandth(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function part(value: number): number {
  return Math.min(1, Math.max(0, value));
}

function ordered(a: number, b: number): [number, number] {
  return a < b ? [a, b] : [b, a];
}
