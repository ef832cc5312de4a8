import { time, type Zone } from "../format";

interface ClockProps {
  /** Unix ms, as the server's clock says. */
  now: number;
  zone: Zone;
}

/** Time of day with its zone, always. */
export function Clock({ now, zone }: ClockProps) {
  const [digits] = time(now, zone).split(" ");
  return (
    <span class="pair">
      <b>{digits}</b>
      {zone.timezone_label}
    </span>
  );
}
