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
    said: (judged: string) => `Uji coba: ${judged}`,
    notDone: "Uji coba tidak selesai",
    cure: "Sebab dan cara memperbaiki",
    last: (judged: string, when: string) => `Uji terakhir: ${judged}, ${when}`,
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
    said: (judged: string) => `Trial: ${judged}`,
    notDone: "The trial did not come to its end",
    cure: "Cause and cure",
    last: (judged: string, when: string) => `Last trial: ${judged}, ${when}`,
    clickForSound: "Click once so that the test sound is heard in this room",
  },
});
