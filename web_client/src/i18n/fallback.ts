/** Words of the halls' fallback plans: on a tile, in a room's pane, in the hall, on the board. */
import type { FallbackLevel } from "../protocol";
import { define } from "./index";

export const levels = define<Record<FallbackLevel, string>>({
  id: { "720p": "720p", "360p": "360p", audio: "audio saja" },
  en: { "720p": "720p", "360p": "360p", audio: "sound only" },
});

export const plan = define({
  id: {
    title: "Rencana gambar",
    choose: "Gambar ruang ini",
    auto: "Otomatis",
    now: (level: string) => `Sekarang ${level}.`,
    byTrial: (level: string) => `Uji terakhir: paling besar ${level}.`,
    untested: "Belum diuji: mulai 720p.",
    untestedShort: "belum diuji",
    of: (level: string) => `dari ${level}`,
    because: (why: string, time: string) => `Turun karena ${why}, ${time}.`,
    itself: "Naik sendiri setelah 5 detik jalur baik.",
    pinnedBy: (name: string) => `Ditetapkan ${name}, tidak berubah sendiri. Otomatis mengembalikannya.`,
    pinned: "ditetapkan",

    loss: (side: string, percent: string) => `paket hilang ${percent} % (${side})`,
    rtt: (ms: string) => `waktu bolak-balik ${ms} ms`,
    rate: (side: string, kbps: string) => `${side} ${kbps} kbit/s`,
    cpu: (percent: string) => `komputer lambat, ${percent} % waktu`,
    up: "unggah",
    down: "unduh",

    plate: (why: string, level: string) => `${why}, ${level}`,
    plateTrial: "audio saja, hasil uji",
    platePinned: (level: string) => `${level}, ditetapkan`,

    hallSmaller: (why: string) => `Gambar diturunkan ke 360p: ${why}.`,
    hallSound: (why: string) => `Gambar dihentikan, suara tetap jalan: ${why}.`,
    hallTrial: "Suara saja, sesuai uji coba terakhir jalur ruang ini.",
    hallPinned: "Moderator menetapkan gambar 360p untuk ruang ini.",
    hallPinnedSound: "Moderator menetapkan suara saja untuk ruang ini.",
    hallBack: (level: string) => `Jalur membaik, gambar kembali ${level}.`,
    doLine: "Kembali sendiri bila jalur membaik. Hentikan unduhan dan perangkat lain di jaringan ruang ini.",
    doCpu: "Kembali sendiri bila komputer longgar. Tutup program dan tab lain di komputer ini.",
    doTrial: "Anda tetap terdengar. Bila perlu gambar, panggil teknisi (T).",
    doPinned: "Anda tetap terdengar. Bila keliru, panggil teknisi (T).",
    ownPaused: "Gambar Anda dijeda",
  },
  en: {
    title: "Picture plan",
    choose: "This room's picture",
    auto: "Automatic",
    now: (level: string) => `Now ${level}.`,
    byTrial: (level: string) => `Last trial: ${level} at most.`,
    untested: "Not tested: begins at 720p.",
    untestedShort: "not tested",
    of: (level: string) => `of ${level}`,
    because: (why: string, time: string) => `Lowered: ${why}, ${time}.`,
    itself: "It rises by itself after 5 seconds of a good line.",
    pinnedBy: (name: string) => `Set by ${name}, it does not move. Automatic takes that back.`,
    pinned: "set",

    loss: (side: string, percent: string) => `${percent} % loss (${side})`,
    rtt: (ms: string) => `round trip ${ms} ms`,
    rate: (side: string, kbps: string) => `${side} ${kbps} kbit/s`,
    cpu: (percent: string) => `slow computer, ${percent} % of the time`,
    up: "up",
    down: "down",

    plate: (why: string, level: string) => `${why}, ${level}`,
    plateTrial: "sound only, by its trial",
    platePinned: (level: string) => `${level}, set`,

    hallSmaller: (why: string) => `Picture lowered to 360p: ${why}.`,
    hallSound: (why: string) => `Picture stopped, the sound goes on: ${why}.`,
    hallTrial: "Sound only, by the last trial of this hall's line.",
    hallPinned: "The moderator set this hall's picture to 360p.",
    hallPinnedSound: "The moderator set this hall to sound only.",
    hallBack: (level: string) => `The line is better, the picture is back at ${level}.`,
    doLine: "It comes back by itself when the line is better. Stop downloads and other devices on this hall's network.",
    doCpu: "It comes back by itself when the computer has room. Close other programs and tabs on it.",
    doTrial: "You are heard all the same. If a picture is needed, call a technician (T).",
    doPinned: "You are heard all the same. If this is a mistake, call a technician (T).",
    ownPaused: "Your picture is paused",
  },
});
