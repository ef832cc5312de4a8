/** Words of recovery drills. */
import type { DrillKind } from "../protocol";
import { define } from "./index";

export const drillWords = define({
  id: {
    none: "Uji pemulihan belum dijalankan. Di mesin server, saat ruang kosong: vicon drill.",
    good: (when: string, s: string) => `Uji pemulihan, ${when}: semua ruang kembali, paling lama ${s} detik.`,
    bad: (when: string, names: string) =>
      `Uji pemulihan, ${when}: tidak kembali dalam 15 detik: ${names}. Periksa jalur dan server, lalu ulangi.`,
    room: (found: string) => `Uji pemulihan: ${found}.`,
    seconds: (s: string) => `${s} detik`,
    away: "tidak kembali",
  },
  en: {
    none: "No recovery drill has been run. On the server's machine, while the rooms are empty: vicon drill.",
    good: (when: string, s: string) => `Recovery drill, ${when}: all rooms came back, the longest in ${s} s.`,
    bad: (when: string, names: string) =>
      `Recovery drill, ${when}: not back within 15 s: ${names}. Look after the line and the server, then repeat.`,
    room: (found: string) => `Recovery drill: ${found}.`,
    seconds: (s: string) => `${s} s`,
    away: "not back",
  },
});

export const drills = define({
  id: { cut: "jalur putus", ice: "jalur lain", worker: "proses media mati", server: "server mati" },
  en: { cut: "line cut", ice: "another path", worker: "media process killed", server: "server killed" },
}) satisfies Record<DrillKind, string>;
