/** Words of the head count's alarms: at the desk, and in the hall. */
import { define } from "./index";

export const alarm = define({
  id: {
    over: (room: string, n: number, limit: number) => `${room}: ${n}/${limit}, melebihi kapasitas`,
    mismatch: (room: string, camera: string, counted: string) =>
      `${room}: kamera melihat ${camera}, tercatat ${counted}`,
    counted: (n: string) => `Tercatat ${n}`,
    camera: (n: string) => `kamera melihat ${n}`,
    limit: (n: number) => `batas ${n}`,
    since: (time: string) => `sejak ${time}`,
    ended: (time: string) => `Sudah kembali ${time}, belum ditandai.`,
    marked: (name: string, time: string) => `Ditandai oleh ${name}, ${time}`,
    lockMic: "Mikrofonnya dikunci sampai jumlahnya kembali.",
    refuseFloor: "Tidak dapat diberi giliran sampai ditandai atau kembali.",
    short: (time: string) => `belum ditandai, ${time}`,
    shortMarked: "sudah ditandai",
    mark: "Tandai selesai",
    askReduce: "Minta kurangi",
    asked: "Diminta",
    askedWhy: "Tekan untuk membatalkan permintaan",
    markAsk: (room: string) => `Tandai selesai: ${room}`,
    reason: "Apa yang sudah dilakukan?",
    reasonHint: "Masuk catatan sesi.",
    reasonMissing: "Isi alasannya dengan beberapa kata.",
    allowAsk: (room: string) => `Izinkan lebih: ${room}`,
    gone: "Peringatan ini sudah tidak ada. Tutup, lalu lihat keadaan sekarang.",

    loud: (time: string) => `sejak ${time}, belum ditandai`,
    more: (n: number) => `dan ${n} lagi`,
    silence: "Senyapkan peringatan ini",
    silenced: "Senyap",
    held: "Bunyi tertahan peramban: klik halaman ini sekali",

    hallAsked: "Moderator meminta jumlah orang dikurangi",
    hallOver: "Ruang ini melebihi batas",
    hallFigures: (n: number, limit: number) => `${n} orang, batas ${limit}`,
    hallCamera: (n: number, limit: number) => `kamera melihat kira-kira ${n} orang, batas ${limit}`,
  },
  en: {
    over: (room: string, n: number, limit: number) => `${room}: ${n}/${limit}, over capacity`,
    mismatch: (room: string, camera: string, counted: string) =>
      `${room}: camera sees ${camera}, counted ${counted}`,
    counted: (n: string) => `Counted ${n}`,
    camera: (n: string) => `camera sees ${n}`,
    limit: (n: number) => `limit ${n}`,
    since: (time: string) => `since ${time}`,
    ended: (time: string) => `Back within bounds ${time}, not marked yet.`,
    marked: (name: string, time: string) => `Marked by ${name}, ${time}`,
    lockMic: "Its microphone is locked until the count is back.",
    refuseFloor: "Cannot be given the floor until this is marked or back.",
    short: (time: string) => `not marked yet, ${time}`,
    shortMarked: "marked as done",
    mark: "Mark as done",
    askReduce: "Ask to reduce",
    asked: "Asked",
    askedWhy: "Press to take the request back",
    markAsk: (room: string) => `Mark as done: ${room}`,
    reason: "What has been done?",
    reasonHint: "Goes into the session's record.",
    reasonMissing: "Give the reason in a few words.",
    allowAsk: (room: string) => `Allow more: ${room}`,
    gone: "This alarm is no longer there. Close this and see how things stand.",

    loud: (time: string) => `since ${time}, not marked yet`,
    more: (n: number) => `and ${n} more`,
    silence: "Silence this alarm",
    silenced: "Silent",
    held: "The browser holds the sound back: click this page once",

    hallAsked: "The moderator asks that persons leave",
    hallOver: "This hall is above its limit",
    hallFigures: (n: number, limit: number) => `${n} persons, limit ${limit}`,
    hallCamera: (n: number, limit: number) => `the camera sees about ${n} persons, limit ${limit}`,
  },
});

/** Reasons at hand; what is chosen can be changed before it is sent. */
export const reasons = define({
  id: {
    medics: "Petugas medis",
    phoned: "Sudah dicek lewat telepon",
    leaving: "Sebagian segera keluar",
    portraits: "Potret di dinding terhitung",
    screen: "Layar ruang terhitung",
    passing: "Orang hanya lewat",
  },
  en: {
    medics: "Medical staff",
    phoned: "Checked by telephone",
    leaving: "Some are about to leave",
    portraits: "Portraits on the wall were counted",
    screen: "The hall's screen was counted",
    passing: "Persons only passed by",
  },
});
