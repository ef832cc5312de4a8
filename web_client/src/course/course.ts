/** How the count of a room went, up to now: from the server once, then from each change. Pure. */
import type { EstimateQuality, RoomView } from "../protocol";

/** What was known from `at` (Unix ms) on, until the next point. null: not known. */
export type Point = [
  at: number,
  declared: number | null,
  checkedIn: number,
  effective: number | null,
  camera: number | null,
  quality: EstimateQuality | null,
  limit: number,
];

/** What the server has of a room. Persons are those counted; times Unix ms. */
export interface RoomCourse {
  room: string;
  points: Point[];
  begin: number | null;
  peak: number | null;
  peak_at: number | null;
  end: number | null;
  person_minutes: number;
}

export interface Told {
  rooms: RoomCourse[];
  live_at: number | null;
  closed_at: number | null;
  now: number;
}

const AT = 0;
const EFFECTIVE = 3;
const CAMERA = 4;
const LIMIT = 6;
/** More points than these are not drawn, nor kept: two for each pixel of a wide pane. */
export const MOST_POINTS = 2_000;

export function pointOf(room: RoomView, at: number): Point {
  const { declared, checked_in, count, estimate, limit } = room;
  return [at, declared, checked_in, count, estimate?.persons ?? null, estimate?.quality ?? null, limit];
}

/** With what is known now, where that is anything new; a clock of whole seconds may lag behind. */
export function grown(points: readonly Point[], now: Point): readonly Point[] {
  const last = points.at(-1);
  const [at, ...known] = now;
  if (last && known.every((part, i) => part === last[i + 1])) return points;
  const after: Point = [Math.max(at, (last?.[AT] ?? 0) + 1), ...known];
  return [...points, after].slice(-MOST_POINTS);
}

/** The drawn series: seconds, counted, camera, limit. */
export type Series = [number[], (number | null)[], (number | null)[], (number | null)[]];

/**
 * Steps, never a slope: each figure holds until the next point, the last one until `until` (Unix
 * ms). What is not known leaves a gap.
 */
export function steps(points: readonly Point[], until: number): Series {
  const series: Series = [[], [], [], []];
  const draw = (at: number, point: Point): void => {
    series[0].push(at / 1000);
    series[1].push(point[EFFECTIVE]);
    series[2].push(point[CAMERA]);
    series[3].push(point[LIMIT]);
  };
  points.forEach((point, n) => {
    draw(point[AT], point);
    const end = points[n + 1]?.[AT] ?? until;
    if (end - 1 > point[AT]) draw(end - 1, point);
  });
  return series;
}

export interface Figures {
  begin: number | null;
  peak: number | null;
  peakAt: number | null;
  personMinutes: number;
}

/**
 * The server's figures, carried on to `now` by the points that came after it was asked. Before the
 * session is live, and after it, they rest.
 */
export function figuresOf(told: Told, course: RoomCourse, points: readonly Point[], now: number): Figures {
  const { begin, peak, peak_at, person_minutes } = course;
  const figures: Figures = { begin, peak, peakAt: peak_at, personMinutes: person_minutes };
  if (told.live_at === null || told.closed_at !== null) return figures;
  points.forEach((point, n) => {
    const end = points[n + 1]?.[AT] ?? now;
    const from = Math.max(point[AT], told.now);
    const persons = point[EFFECTIVE];
    if (end < from || persons === null) return;
    figures.personMinutes += (persons * (end - from)) / 60_000;
    if (figures.peak === null || persons > figures.peak) {
      figures.peak = persons;
      figures.peakAt = point[AT];
    }
  });
  return figures;
}

/** Rows of the table for those who do not see the picture: the newest first. */
export interface Row {
  at: number;
  counted: number | null;
  camera: number | null;
  limit: number;
}

export function rowsOf(points: readonly Point[], most: number): Row[] {
  const rows = points.map((point) => ({
    at: point[AT],
    counted: point[EFFECTIVE],
    camera: point[CAMERA],
    limit: point[LIMIT],
  }));
  return rows.slice(-most).reverse();
}

/** Whether anything is there to be drawn. */
export function isKnown(points: readonly Point[]): boolean {
  return points.some((point) => point[EFFECTIVE] !== null || point[CAMERA] !== null);
}
