/** Lengths as a person writes them. Pure. */

export const LONGEST_S = 86_400;

/** `3`, `2,5` and `2.5` minutes, `03:30`, `1:03:00`; seconds, or null where it is none. */
export function seconds(text: string): number | null {
  const said = text.trim();
  const whole = /^\d{1,3}(:\d{2}){1,2}$/.test(said) ? clocked(said) : minutes(said);
  return whole !== null && whole >= 1 && whole <= LONGEST_S ? whole : null;
}

function clocked(said: string): number | null {
  const parts = said.split(":").map(Number);
  if (parts.slice(1).some((part) => part > 59)) return null;
  return parts.reduce((sum, part) => sum * 60 + part, 0);
}

function minutes(said: string): number | null {
  return /^\d{1,4}([.,]\d{1,2})?$/.test(said) ? Math.round(Number(said.replace(",", ".")) * 60) : null;
}
