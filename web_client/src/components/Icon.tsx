import type { ComponentChildren } from "preact";

/** The shapes, on a grid of 24. Drawn in place: nothing to load, nothing to mount first. */
const shapes = {
  mic: () => (
    <>
      <rect x="9" y="3" width="6" height="11" rx="3" />
      <path d="M5 11a7 7 0 0 0 14 0M12 18v3" />
    </>
  ),
  "mic-off": () => <path d="M9 9v2a3 3 0 0 0 4.8 2.4M15 11V6a3 3 0 0 0-5.7-1.3M5 11a7 7 0 0 0 11.3 5.5M19 11a7 7 0 0 1-.5 2.6M12 18v3M3 3l18 18" />,
  "mic-lock": () => (
    <>
      <path d="M11.5 10V5.7a2.7 2.7 0 0 0-5.4 0v5a2.7 2.7 0 0 0 2.7 2.7M2.5 10.5A6.3 6.3 0 0 0 8.8 17v4" />
      <rect x="12.5" y="14" width="9.5" height="7.5" rx="1" fill="currentColor" />
      <path d="M14.7 14v-1.6a2.55 2.55 0 0 1 5.1 0V14" />
    </>
  ),
  cam: () => (
    <>
      <rect x="2.5" y="6.5" width="13" height="11" rx="2" />
      <path d="m15.5 11 6-3.5v9l-6-3.5" />
    </>
  ),
  "cam-off": () => <path d="M9 6.5h4.5a2 2 0 0 1 2 2V11l6-3.5v9l-3-1.7M15.2 16.6a2 2 0 0 1-1.7.9h-9a2 2 0 0 1-2-2v-7a2 2 0 0 1 1.6-2M3 3l18 18" />,
  hand: () => <path d="M8 12V5.5a1.5 1.5 0 0 1 3 0V11V4a1.5 1.5 0 0 1 3 0v7V5.5a1.5 1.5 0 0 1 3 0V14a7 7 0 0 1-7 7c-3 0-4.6-1.5-6-4l-1.8-3.3a1.5 1.5 0 0 1 2.5-1.6L8 14.5" />,
  check: () => <path d="m5 12.5 4.5 4.5L19 7.5" />,
  "check-c": () => (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="m8 12.3 2.8 2.8L16 9.8" />
    </>
  ),
  rec: () => <circle cx="12" cy="12" r="7" fill="currentColor" />,
  public: () => (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M3 12h18M12 3c3.6 3.6 3.6 14.4 0 18M12 3c-3.6 3.6-3.6 14.4 0 18" />
    </>
  ),
  x: () => <path d="M6 6l12 12M18 6 6 18" />,
  "x-c": () => (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="m9 9 6 6M15 9l-6 6" />
    </>
  ),
  warn: () => (
    <>
      <path d="M12 4 2.8 19.5h18.4z" />
      <path d="M12 10v4.2M12 17v.1" />
    </>
  ),
  info: () => (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M12 11v5.5M12 7.6v.1" />
    </>
  ),
  clock: () => (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M12 7v5.2l3.2 2" />
    </>
  ),
  "link-weak": () => (
    <>
      <path d="M4 20v-3M9 20v-7" />
      <path d="M14 20V9.5M19 20V5" opacity=".32" />
    </>
  ),
  lost: () => <path d="M2.5 9.2a14 14 0 0 1 5-3M21.5 9.2a14 14 0 0 0-9.3-4.1M6 13a9 9 0 0 1 3.6-2.2M18 13a9 9 0 0 0-2.6-1.8M9.3 16.6a4 4 0 0 1 5.4 0M12 20.2v.1M3 3l18 18" />,
  person: () => (
    <>
      <circle cx="12" cy="7.5" r="3.7" />
      <path d="M4.8 20.5a7.2 7.2 0 0 1 14.4 0" />
    </>
  ),
  people: () => (
    <>
      <circle cx="9" cy="8" r="3.4" />
      <path d="M2.5 20a6.5 6.5 0 0 1 13 0M16 4.9a3.4 3.4 0 0 1 0 6.2M18.2 14.2A6.5 6.5 0 0 1 21.5 20" />
    </>
  ),
  play: () => <path d="M8 5.5v13l10.5-6.5z" fill="currentColor" />,
  pause: () => <path d="M8 5.5v13M16 5.5v13" stroke-width="3" />,
  mega: () => <path d="M4 10v4h3l9 5V5l-9 5zM19.3 9a4.5 4.5 0 0 1 0 6M8.5 15v4.5" />,
  pin: () => <path d="M9 3.5h6M10 3.5v6L7 14h10l-3-4.5v-6M12 14v6.5" />,
  beside: () => <path d="M3 6h8v12H3zM13 6h8v12h-8z" />,
  keys: () => <path d="M2.5 6.5h19v11h-19zM6 10v.01M10 10v.01M14 10v.01M18 10v.01M7.5 14h9" />,
  up: () => <path d="m6 15 6-6 6 6" />,
  help: () => (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M9.3 9.5a2.8 2.8 0 1 1 4.2 2.4c-1 .6-1.5 1-1.5 2M12 17v.1" />
    </>
  ),
  next: () => <path d="m9.5 5.5 7 6.5-7 6.5" />,
  air: () => (
    <>
      <circle cx="12" cy="12" r="2.4" fill="currentColor" />
      <path d="M7.3 7.3a6.6 6.6 0 0 0 0 9.4M16.7 7.3a6.6 6.6 0 0 1 0 9.4M4.3 4.3a10.9 10.9 0 0 0 0 15.4M19.7 4.3a10.9 10.9 0 0 1 0 15.4" />
    </>
  ),
  standby: () => <path d="M4 6v12l7.5-6zM13 6v12l7.5-6z" fill="currentColor" stroke-linejoin="round" />,
  undo: () => <path d="M4 9h10.5a5 5 0 0 1 0 10H9M4 9l4-4M4 9l4 4" />,
  lock: () => (
    <>
      <rect x="5" y="11" width="14" height="9.5" rx="1.5" />
      <path d="M8 11V7.5a4 4 0 0 1 8 0V11" />
    </>
  ),
  load: () => <path d="M12 3a9 9 0 1 1-8.5 6" />,
  absent: () => (
    <>
      <circle cx="12" cy="12" r="9" stroke-dasharray="3.2 3.9" />
      <path d="M8 12h8" />
    </>
  ),
  wait: () => <circle cx="12" cy="12" r="8.5" stroke-dasharray="2.6 4.1" />,
  vol: () => <path d="M4 9.5v5h3.5L13 19V5L7.5 9.5zM16.5 9a4.3 4.3 0 0 1 0 6M19.2 6.3a8 8 0 0 1 0 11.4" />,
  "vol-off": () => <path d="M4 9.5v5h3.5L13 19V5L7.5 9.5zM16.5 9.5l5 5M21.5 9.5l-5 5" />,
  plus: () => <path d="M12 5v14M5 12h14" />,
  minus: () => <path d="M5 12h14" />,
  down: () => <path d="m6 9 6 6 6-6" />,
  copy: () => (
    <>
      <rect x="8.5" y="8.5" width="12" height="12" rx="1.5" />
      <path d="M15.5 8.5v-5h-12v12h5" />
    </>
  ),
  doc: () => <path d="M6 3h8l4.5 4.5V21H6zM14 3v5h4.5M9 13h6M9 17h6" />,
  phone: () => <path d="M5 3.5h4l2 5-2.5 2a12 12 0 0 0 5 5l2-2.5 5 2v4A2 2 0 0 1 18.5 21 16 16 0 0 1 3 5.5a2 2 0 0 1 2-2z" />,
  exit: () => <path d="M14 4H5v16h9M10 12h11M17 8l4 4-4 4" />,
  enter: () => <path d="M10 4h9v16h-9M3 12h11M10 8l4 4-4 4" />,
  qr: () => <path d="M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2.5v2.5H14zM19.5 14v2M14 19.5h2M18.5 18.5h1.5v1.5" />,
  redo: () => <path d="M20 9H9.5a5 5 0 0 0 0 10H15M20 9l-4-4M20 9l-4 4" />,
  moon: () => <path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z" />,
  stop: () => <rect x="6.5" y="6.5" width="11" height="11" rx="1" fill="currentColor" stroke="none" />,
  device: () => (
    <>
      <rect x="3" y="4.5" width="18" height="12" rx="1.5" />
      <path d="M9 20.5h6M12 16.5v4" />
    </>
  ),
  "share-screen": () => (
    <>
      <rect x="3" y="4.5" width="18" height="12" rx="1.5" />
      <path d="M9 20.5h6M12 13.7V7.5M9.3 10.2 12 7.5l2.7 2.7" />
    </>
  ),
  screens: () => (
    <>
      <rect x="2.5" y="8" width="12" height="8.5" rx="1" />
      <path d="M6 20h5M8.5 16.5V20M9 5V4.5a1 1 0 0 1 1-1h10.5a1 1 0 0 1 1 1V12a1 1 0 0 1-1 1h-3" />
    </>
  ),
  compare: () => <path d="M8 4v16M8 20l-4-4M8 20l4-4M16 20V4M16 4l-4 4M16 4l4 4" />,
  pen: () => <path d="M4 20l1-4.5L16.5 4 20 7.5 8.5 19zM14 6.5l3.5 3.5" />,
  find: () => (
    <>
      <circle cx="10.5" cy="10.5" r="6.5" />
      <path d="m15.5 15.5 5 5" />
    </>
  ),
  save: () => <path d="M12 3.5v11M7.5 10.5l4.5 4.5 4.5-4.5M4.5 20.5h15" />,
  bin: () => <path d="M4.5 6.5h15M9.5 6.5v-2.5h5v2.5M6.5 6.5l1 14h9l1-14M10.2 10.5v6M13.8 10.5v6" />,
  list: () => <path d="M8.5 6h12M8.5 12h12M8.5 18h12M4 6v.01M4 12v.01M4 18v.01" />,
  mask: () => (
    <>
      <rect x="3.5" y="5" width="17" height="14" rx="1" stroke-dasharray="3 2.5" />
      <path d="m8 15 8-6M8 9l8 6" />
    </>
  ),
  more: () => <path d="M5 12v.01M12 12v.01M19 12v.01" stroke-width="3" />,
  skip: () => (
    <>
      <circle cx="12" cy="12" r="9" />
      <path d="M8 12h8" />
    </>
  ),
  sun: () => (
    <>
      <circle cx="12" cy="12" r="4.2" />
      <path d="M12 2.5v2.5M12 19v2.5M2.5 12H5M19 12h2.5M5.3 5.3l1.8 1.8M16.9 16.9l1.8 1.8M5.3 18.7l1.8-1.8M16.9 7.1l1.8-1.8" />
    </>
  ),
} satisfies Record<string, () => ComponentChildren>;

export type IconName = keyof typeof shapes;

interface IconProps {
  name: IconName;
  /** What it says to one who does not see it; without it the icon is decoration. */
  label?: string;
  /** Turning: only while something is loading, testing or reconnecting. */
  spin?: boolean;
}

export function Icon({ name, label, spin = false }: IconProps) {
  const art = (
    <svg class={spin ? "i spin" : "i"} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {shapes[name]()}
    </svg>
  );
  if (!label) return art;
  return (
    <>
      {art}
      <span class="vh">{label}</span>
    </>
  );
}
