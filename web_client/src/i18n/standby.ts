/** Words about the second server. */
import { define } from "./index";

export const standbyWords = define({
  id: {
    synced: "Cadangan: tersambung, lengkap",
    behind: (n: number) => `Cadangan: tersambung, ${n} kejadian di belakang`,
    away: (since: string) => `Cadangan: terputus sejak ${since}. Acara berjalan tanpa cadangan.`,
    other: "Server cadangan sedang melayani. Server utama tidak dipakai lagi.",
  },
  en: {
    synced: "Standby: connected, has everything",
    behind: (n: number) => `Standby: connected, ${n} entries behind`,
    away: (since: string) => `Standby: lost since ${since}. The session goes on without one.`,
    other: "The standby serves now. The first server is not used any more.",
  },
});
