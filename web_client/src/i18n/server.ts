/** Words about the server itself: at the desks, and where a picture rests. */
import { define } from "./index";

export const server = define({
  id: {
    title: "Server",
    more: "Rincian",
    moreOf: (n: number) => `Rincian, ${n} hal`,
    since: (time: string) => `sejak ${time}`,
    rests: "istirahat: server terbebani",
    restsShort: "istirahat",
    full: "Server sedang penuh",
    fullWhy: "Ruang dan yang sudah masuk didahulukan. Halaman ini masuk sendiri begitu ada tempat.",
  },
  en: {
    title: "Server",
    more: "Details",
    moreOf: (n: number) => `Details, ${n} things`,
    since: (time: string) => `since ${time}`,
    rests: "rests: server pressed",
    restsShort: "rests",
    full: "The server is full",
    fullWhy: "Halls and those already in come first. This page comes in by itself once there is room.",
  },
});
