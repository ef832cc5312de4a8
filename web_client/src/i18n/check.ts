/** Words of the self-check on the hall's join page. */
import { define } from "./index";

export const check = define({
  id: {
    name: "Jalur",
    test: "Uji jalur",
    again: "Uji lagi",
    stop: "Hentikan",
    notYet: "Belum diuji",
    waiting: "Uji dimulai setelah kamera terbuka",
    running: (step: number, of: number) => `Menguji jalur, langkah ${step} dari ${of}`,
    technician: (step: number, of: number) =>
      `Teknisi sedang menguji jalur ini, langkah ${step} dari ${of}`,
    pass: "siap",
    warn: "perhatian",
    fail: "belum siap",
    audio: "audio saja",
    none: "media tidak lewat",
    said: (verdict: string, profile: string) => `Uji coba: ${verdict}, ${profile}`,
    saidBare: (verdict: string) => `Uji coba: ${verdict}`,
    notDone: "Uji coba tidak selesai",
    cure: "Sebab dan cara memperbaiki",
    last: (verdict: string, day: string, at: string) =>
      `Uji terakhir oleh teknisi: ${verdict}, ${day}, ${at}`,
    clickForSound: "Klik sekali agar suara uji terdengar di ruang ini",
  },
  en: {
    name: "Line",
    test: "Check the line",
    again: "Check again",
    stop: "Stop",
    notYet: "Not tested yet",
    waiting: "The check begins once the camera is open",
    running: (step: number, of: number) => `Checking the line, step ${step} of ${of}`,
    technician: (step: number, of: number) =>
      `A technician is testing this line, step ${step} of ${of}`,
    pass: "ready",
    warn: "attention",
    fail: "not ready",
    audio: "sound only",
    none: "no media gets through",
    said: (verdict: string, profile: string) => `Trial: ${verdict}, ${profile}`,
    saidBare: (verdict: string) => `Trial: ${verdict}`,
    notDone: "The trial did not come to its end",
    cure: "Cause and cure",
    last: (verdict: string, day: string, at: string) =>
      `Last test by a technician: ${verdict}, ${day}, ${at}`,
    clickForSound: "Click once so that the test sound is heard in this room",
  },
});
