/** Words of the page that other sites show. It keeps nothing in the browser, which may forbid it in
 * a frame; the language is that of the address (?bahasa=en), else of the browser. */
import type { Language } from "../protocol";

const id = {
  connecting: "Menyambung ke siaran",
  waits: "Siaran belum dimulai",
  waitsAt: (time: string) => `Mulai ${time}`,
  waitsWhy: "Halaman ini memutar siaran sendiri begitu sesi dibuka.",
  over: "Siaran telah selesai",
  overWhy: "Terima kasih telah mengikuti.",
  full: "Terlalu banyak yang menonton",
  fullWhy: "Halaman ini mencoba lagi sendiri. Anda tidak perlu menekan apa pun.",
  away: "Sambungan terputus",
  awayWhy: "Halaman ini menyambung kembali sendiri.",
  refused: "Siaran ini tidak dapat dibuka",
  refusedWhy: "Alamatnya tidak lengkap, habis masa berlakunya, atau dicabut. Hubungi pengelola situs ini.",
  unfit: "Peramban ini tidak dapat memutar siaran",
  unfitWhy: "Buka halaman ini dengan peramban yang lebih baru.",
  play: "Putar siaran",
  sound: "Nyalakan suara",
  mute: "Bisukan",
  fullScreen: "Layar penuh",
  onAir: "Tampil",
  picture: (room: string) => `Siaran: ${room}`,
};

const en: typeof id = {
  connecting: "Connecting to the programme",
  waits: "The programme has not begun",
  waitsAt: (time: string) => `Begins ${time}`,
  waitsWhy: "This page plays it by itself as soon as the session is opened.",
  over: "The programme is over",
  overWhy: "Thank you for following it.",
  full: "Too many are watching",
  fullWhy: "This page tries again by itself; nothing is to be pressed.",
  away: "The connection was lost",
  awayWhy: "This page connects again by itself.",
  refused: "This programme cannot be opened",
  refusedWhy: "The address is not whole, has expired, or was revoked. Ask the keeper of this site.",
  unfit: "This browser cannot play the programme",
  unfitWhy: "Open this page in a newer browser.",
  play: "Play",
  sound: "Turn sound on",
  mute: "Mute",
  fullScreen: "Full screen",
  onAir: "On air",
  picture: (room: string) => `Programme: ${room}`,
};

export const both = { id, en };

/** Indonesian, unless the address or the browser asks for English. */
export function languageOf(search: string, browser: string): Language {
  const asked = new URLSearchParams(search).get("bahasa");
  if (asked === "id" || asked === "en") return asked;
  return /^(id|ms|jv|su)\b/i.test(browser) || !browser ? "id" : browser.toLowerCase().startsWith("en") ? "en" : "id";
}

export const lang: Language = languageOf(globalThis.location?.search ?? "", globalThis.navigator?.language ?? "");
export const words = both[lang];
