/** Words of how a room's count went. */
import { define } from "./index";

export const course = define({
  id: {
    title: "Jalannya jumlah orang",
    counted: "tercatat",
    camera: "kamera",
    limit: "batas",
    begin: "Awal",
    peak: "Puncak",
    at: (n: number, time: string) => `${n}, ${time}`,
    personMinutes: "Orang-menit",
    none: "Belum ada yang dihitung di ruang ini.",
    since: "Sejak panel ini dibuka saja: yang sebelumnya belum dapat diambil.",
    loading: "Mengambil...",
    table: "Sebagai tabel",
    when: "Sejak",
    noProof: "Kamera hanya memperkirakan; 12 atau kurang bukan bukti.",
    spoken: (counted: string, camera: string, limit: number, peak: string) =>
      `Grafik jumlah orang. Sekarang tercatat ${counted}, kamera ${camera}, batas ${limit}, puncak ${peak}.`,
  },
  en: {
    title: "Head count over time",
    counted: "counted",
    camera: "camera",
    limit: "limit",
    begin: "Begin",
    peak: "Peak",
    at: (n: number, time: string) => `${n}, ${time}`,
    personMinutes: "Person-minutes",
    none: "Nobody has been counted in this room yet.",
    since: "Only since this panel was opened: what came before cannot be had yet.",
    loading: "Loading...",
    table: "As a table",
    when: "Since",
    noProof: "A camera only estimates; 12 or fewer is no proof.",
    spoken: (counted: string, camera: string, limit: number, peak: string) =>
      `Chart of the head count. Now counted ${counted}, camera ${camera}, limit ${limit}, peak ${peak}.`,
  },
});
