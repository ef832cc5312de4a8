/** Words of the minutes and the pact's document, where they are downloaded. */
import { define } from "./index";

export const documents = define({
  id: {
    title: "Berita acara dan pakta",
    open: "Berita acara",
    minutes: "Berita acara",
    pact: "Pakta yang ditandatangani",
    noPact: "Sesi ini tidak punya pakta.",
    final: "Sesi sudah ditutup. Berita acara disusun dari catatan sesi.",
    draft: "Sesi belum ditutup. Berita acara disusun dari catatan sampai saat ini dan diberi tanda SEMENTARA.",
    which: "PDF untuk dicetak dan ditandatangani, ODT untuk disunting, JSON untuk program. Dalam bahasa halaman ini.",
    making: (what: string) => `Server menyusun ${what}...`,
    saved: (what: string) => `${what} sudah diunduh.`,
  },
  en: {
    title: "Minutes and pact",
    open: "Minutes",
    minutes: "Minutes",
    pact: "Signed pact",
    noPact: "This session has no pact.",
    final: "The session is closed. The minutes are written from its record.",
    draft: "The session is not closed. The minutes are written from the record so far and are marked PROVISIONAL.",
    which: "PDF to print and sign, ODT to edit, JSON for programs. In the language of this page.",
    making: (what: string) => `The server is writing ${what}...`,
    saved: (what: string) => `${what} has been downloaded.`,
  },
});
