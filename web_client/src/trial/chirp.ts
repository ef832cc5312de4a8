// Where the test clip's chirp is in a sound, and how far the sound is behind the picture. Pure.
// vicon/measure/sound.py makes the chirp; vicon/measure/sync.py reckons the same.

const CHIRP_S = 0.06;
const LOW_HZ = 800;
const HIGH_HZ = 3000;
const SOFT_S = 0.006;
/** The chirp of each second of the clip begins here. */
const CHIRP_AT_MS = 500;
const SECOND_MS = 1_000;
/** The clip's pictures: one each 50 ms. */
const PICTURE_MS = 50;
/** Correlation coefficient from which on it is a chirp; noise stays below 0.1. */
const FOUND = 0.35;
/** The sound is looked at with about so many samples per second: the chirp ends at 3 kHz. */
const LOOKED_AT = 8_000;
/** Pictures this close to a chirp tell where the picture was then. */
const BESIDE_MS = 500;
const AGREE_MS = 40;
const LEAST = 3;

/** Seconds from the beginning of `samples` to where its one chirp begins; null: there is none. */
export function findChirp(samples: Float32Array, rate: number): number | null {
  const fold = Math.max(1, Math.round(rate / LOOKED_AT));
  const heard = folded(samples, fold);
  const wanted = folded(chirp(rate), fold);
  const own = energy(wanted, 0, wanted.length);
  let best = 0;
  let place = -1;
  let power = energy(heard, 0, wanted.length);
  for (let at = 0; at + wanted.length <= heard.length; at++) {
    const quality = Math.abs(product(heard, at, wanted)) / Math.sqrt(Math.max(power, 1e-9) * own);
    if (quality > best) [best, place] = [quality, at];
    power += (heard[at + wanted.length] ?? 0) ** 2 - (heard[at] ?? 0) ** 2;
  }
  return best >= FOUND ? (place * fold) / rate : null;
}

/** A picture that was shown: when, in ms, and its mark; below 0 it could not be read. */
export interface Shown {
  at: number;
  mark: number;
}

/**
 * Sound after picture, ms: median over the chirps, which were heard at these times. null where
 * fewer than three agree within 40 ms, or fewer than half.
 */
export function soundAfterPicture(chirps: readonly number[], shown: readonly Shown[]): number | null {
  const each = chirps.flatMap((at) => {
    const beside = shown.filter((one) => one.mark >= 0 && Math.abs(one.at - at) <= BESIDE_MS);
    const late = beside.map((one) => wrapped(one.mark * PICTURE_MS + at - one.at - CHIRP_AT_MS));
    return beside.length >= LEAST ? [around(late)] : [];
  });
  if (each.length < LEAST) return null;
  const whole = around(each);
  const agree = each.filter((one) => Math.abs(wrapped(one - whole)) <= AGREE_MS);
  return agree.length >= LEAST && agree.length * 2 > each.length ? wrapped(whole) : null;
}

/** Median of times that are only known to within a whole second. */
function around(times: number[]): number {
  const first = times[0] ?? 0;
  const near = times.map((time) => first + wrapped(time - first)).sort((a, b) => a - b);
  return wrapped(near[Math.floor(near.length / 2)] ?? first);
}

/** The same within a second: -500..500 ms. */
function wrapped(ms: number): number {
  return ms - SECOND_MS * Math.round(ms / SECOND_MS);
}

/** 60 ms, rising from 800 to 3000 Hz, softly begun and ended. */
export function chirp(rate: number): Float32Array {
  return Float32Array.from({ length: Math.round(CHIRP_S * rate) }, (_, place) => {
    const t = place / rate;
    const phase = 2 * Math.PI * (LOW_HZ * t + ((HIGH_HZ - LOW_HZ) * t * t) / (2 * CHIRP_S));
    return Math.sin(phase) * Math.min(1, Math.min(t, CHIRP_S - t) / SOFT_S);
  });
}

/** Each `fold` samples become their mean. */
function folded(samples: Float32Array, fold: number): Float32Array {
  const out = new Float32Array(Math.floor(samples.length / fold));
  for (let place = 0; place < out.length; place++) {
    let sum = 0;
    for (let n = 0; n < fold; n++) sum += samples[place * fold + n] ?? 0;
    out[place] = sum / fold;
  }
  return out;
}

function energy(samples: Float32Array, from: number, to: number): number {
  let sum = 0;
  for (let n = from; n < to; n++) sum += (samples[n] ?? 0) ** 2;
  return sum;
}

function product(samples: Float32Array, from: number, wanted: Float32Array): number {
  let sum = 0;
  for (let n = 0; n < wanted.length; n++) sum += (samples[from + n] ?? 0) * (wanted[n] ?? 0);
  return sum;
}
