/** Words about lines and pictures: in the hall, on a tile, in a room's figures. */
import type { Text } from "../protocol";

/** What a tile says of a room's own line, in a few words. */
export const figureWords = {
  soundOnly: (kbps: number): Text => ({
    id: `unduh ${kbps} kbit/s, suara saja`,
    en: `down ${kbps} kbit/s, sound only`,
  }),
  reduced: (kbps: number): Text => ({
    id: `unduh ${kbps} kbit/s, gambar diperkecil`,
    en: `down ${kbps} kbit/s, smaller pictures`,
  }),
  upLoss: (percent: number): Text => ({
    id: `unggah: paket hilang ${percent} %`,
    en: `up: ${percent} % loss`,
  }),
  downLoss: (percent: number): Text => ({
    id: `unduh: paket hilang ${percent} %`,
    en: `down: ${percent} % loss`,
  }),
};
