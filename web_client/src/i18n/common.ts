/** Words that more than one page speaks: states, counts, devices, phases. */
import { define } from "./index";

export const common = define({
  id: {
    language: "English", // the name of the language one switches to
    close: "Tutup",
    cancel: "Batal",

    absent: "Belum hadir",
    waiting: "Menunggu diterima",
    loading: "Memuat",
    ready: "Siap",
    attention: "Perhatian",
    lost: (time: string) => `Terputus ${time}`,
    air: "Tampil",
    next: "Berikutnya",
    noMain: "belum ada kamera utama",
    cameraOff: "kamera mati",

    countLeft: (n: number) => `sisa ${n}`,
    countFull: "penuh",
    countOver: (n: number) => `lebih ${n}`,
    countAllowed: (n: number) => `diizinkan ${n}`,
    countName: "Jumlah orang",
    countUnknown: "jumlah orang belum diisi",
    persons: (count: number, cap: number) => `${count} dari ${cap} orang`,
    addOne: "Tambah satu",
    removeOne: "Kurangi satu",

    micOn: "Mikrofon hidup",
    micOff: "Mikrofon mati",
    micLocked: "Mikrofon dikunci",
    handQueue: (place: number) => `angkat tangan, antrean ${place}`,

    draft: "DRAF",
    lobby: "RUANG TUNGGU",
    live: "BERLANGSUNG",
    closed: "SELESAI",

    main: "Kamera utama",
    document: "Kamera dokumen",
    companion: "Perangkat pendamping",
    desk: "Meja kendali",

    connecting: "Menyambung...",
    reconnecting: (time: string) => `Menyambung kembali... ${time}`,
    stay: "Tetap di halaman ini, tidak perlu menekan apa pun",
    soundOn: "Nyalakan suara",
    presentOf: "ruang hadir",
    toDark: "Mode gelap",
    toLight: "Mode terang",
  },
  en: {
    language: "Bahasa Indonesia",
    close: "Close",
    cancel: "Cancel",

    absent: "Not here yet",
    waiting: "Waiting to be let in",
    loading: "Loading",
    ready: "Ready",
    attention: "Attention",
    lost: (time: string) => `Lost ${time}`,
    air: "On air",
    next: "Next",
    noMain: "no main camera yet",
    cameraOff: "camera off",

    countLeft: (n: number) => `${n} left`,
    countFull: "full",
    countOver: (n: number) => `${n} over`,
    countAllowed: (n: number) => `${n} allowed`,
    countName: "People in the hall",
    countUnknown: "people not counted yet",
    persons: (count: number, cap: number) => `${count} of ${cap} people`,
    addOne: "One more",
    removeOne: "One fewer",

    micOn: "Microphone on",
    micOff: "Microphone off",
    micLocked: "Microphone locked",
    handQueue: (place: number) => `hand raised, number ${place} in the queue`,

    draft: "DRAFT",
    lobby: "WAITING ROOM",
    live: "LIVE",
    closed: "CLOSED",

    main: "Main camera",
    document: "Document camera",
    companion: "Companion device",
    desk: "Control desk",

    connecting: "Connecting...",
    reconnecting: (time: string) => `Reconnecting... ${time}`,
    stay: "Stay on this page, nothing to press",
    soundOn: "Turn sound on",
    presentOf: "rooms present",
    toDark: "Dark mode",
    toLight: "Light mode",
  },
});
