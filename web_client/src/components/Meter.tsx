interface MeterProps {
  /** Loudness, 0..1. */
  level: number;
  cells?: number;
}

const HOT_FROM = 0.9;

/** Loudness as cells that light up; decoration beside a word that says the same. */
export function Meter({ level, cells = 10 }: MeterProps) {
  const lit = Math.round(Math.min(1, Math.max(0, level)) * cells);
  return (
    <span class="meter" aria-hidden="true">
      {Array.from({ length: cells }, (_, i) => (
        <b key={i} class={i >= lit ? undefined : i >= HOT_FROM * cells ? "hot" : "on"} />
      ))}
    </span>
  );
}
