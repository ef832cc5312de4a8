/** Words for answers over HTTP that did not come, or said no. */
import { define } from "./index";

export const http = define({
  id: {
    unreached: "Server tidak terjangkau. Periksa sambungan, lalu coba lagi.",
    missing: "Server belum dapat memberikannya. Coba lagi; bila berulang, panggil teknisi.",
    failed: (status: number) =>
      `Server tidak dapat memberikannya (HTTP ${status}). Coba lagi; bila berulang, panggil teknisi.`,
    again: "Coba lagi",
  },
  en: {
    unreached: "The server cannot be reached. Check the connection, then try again.",
    missing: "The server cannot give this yet. Try again; if it repeats, call a technician.",
    failed: (status: number) =>
      `The server cannot give this (HTTP ${status}). Try again; if it repeats, call a technician.`,
    again: "Try again",
  },
});
