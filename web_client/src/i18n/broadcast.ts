/** Words of broadcasts. */
import type { BroadcastCause } from "../protocol";
import { define } from "./index";

export const broadcast = define({
  id: {
    on: "Sesi ini disiarkan",
    by: (who: string) => `Dimulai oleh ${who}; umum dapat menonton dan mendengar.`,
    short: "Siarkan",
    title: "Siaran untuk umum",
    start: "Mulai siaran",
    stop: "Hentikan siaran",
    lasts: (time: string) => `Menyiarkan ${time}`,
    none: "Belum menyiarkan. Umum akan melihat ruang yang sedang tampil dan mendengar suara yang didengar semua ruang; jalur pribadi, pengumuman, dan ruang yang dibisukan tidak ikut. Setiap halaman ruang menampilkan bahwa sesi disiarkan.",
    closed: "Sesi belum dibuka atau sudah ditutup, jadi tidak ada yang dapat disiarkan.",
    before: "Sesi belum dimulai: umum melihat judul acara saja, tanpa suara ruang.",
    notReady: "Server ini belum disiapkan untuk siaran. Minta teknisi mengisi [broadcast] di konfigurasi server, lalu menjalankannya ulang.",
    looking: "Memeriksa siaran...",
    page: "Halaman untuk umum",
    hls: "Alamat HLS untuk pemutar dan situs lain",
    isPublic: "Siapa pun yang tahu alamatnya dapat menonton.",
    isSecret: "Alamat ini memuat bagian rahasia: siapa pun yang memilikinya dapat menonton. Bagikan hanya kepada yang berhak.",
    copy: "Salin",
    copied: "Alamat disalin.",
    copyByHand: "Peramban tidak mengizinkan penyalinan. Alamatnya sudah dipilih: tekan Ctrl+C.",
    watchable: (kbps: number) => `Sudah dapat ditonton; ${kbps} kbit/s per penonton.`,
    soon: "Dapat ditonton beberapa detik lagi.",
    channel: (host: string, state: string) => `Saluran ${host}: ${state}`,
    see: "Lihat siaran",
  },
  en: {
    on: "This session is broadcast",
    by: (who: string) => `Started by ${who}; the public can watch and listen.`,
    short: "Broadcast",
    title: "Broadcast to the public",
    start: "Start the broadcast",
    stop: "Stop the broadcast",
    lasts: (time: string) => `Broadcasting ${time}`,
    none: "Not broadcasting. The public will see the room on air and hear what all halls hear; private lines, announcements and muted rooms are no part of it. Every hall's page says that the session is broadcast.",
    closed: "The session is not open yet, or is closed: there is nothing to broadcast.",
    before: "The session has not begun: the public sees its title alone, without the rooms' sound.",
    notReady: "This server is not set up for a broadcast. Have a technician fill in [broadcast] in the server's configuration and start it again.",
    looking: "Looking at the broadcast...",
    page: "Page for the public",
    hls: "HLS address, for players and other sites",
    isPublic: "Whoever knows the address can watch.",
    isSecret: "This address bears a secret part: whoever has it can watch. Give it only to those who may.",
    copy: "Copy",
    copied: "The address has been copied.",
    copyByHand: "The browser does not allow copying. The address is selected: press Ctrl+C.",
    watchable: (kbps: number) => `It can be watched now; ${kbps} kbit/s for each viewer.`,
    soon: "It can be watched in some seconds.",
    channel: (host: string, state: string) => `Channel ${host}: ${state}`,
    see: "See the broadcast",
  },
});

/** What is wrong, and what to do. */
export const broadcastCauses = define<Record<BroadcastCause | "interrupted", string>>({
  id: {
    channel: "Saluran umum tidak menerima siaran: alamat, kunci, atau internet server. Server terus mencoba. Minta teknisi memeriksa rtmp_url, berkas kuncinya, dan halaman saluran; sesi sendiri tidak terganggu.",
    late: "Server terlalu sibuk, jadi sebagian gambar siaran dilewati; suaranya utuh. Hentikan pekerjaan lain di server, atau minta teknisi mengecilkan height di [broadcast].",
    disk: "Siaran tidak dapat ditulis ke disk server, jadi halaman untuk umum berhenti. Minta teknisi memeriksa ruang disk; sesi sendiri tidak terganggu.",
    interrupted: "Program siaran berhenti dan dijalankan lagi sendiri; umum tidak melihat gambar baru selama beberapa detik.",
  },
  en: {
    channel: "The public channel does not take the broadcast: its address, its key, or the server's internet. The server goes on trying. Have a technician look at rtmp_url, the key's file and the channel's own page; the session itself is not disturbed.",
    late: "The server is too busy, so some of the broadcast's pictures are left out; its sound is whole. Stop other work on the server, or have a technician make height in [broadcast] smaller.",
    disk: "The broadcast cannot be written to the server's disk, so the public's page stands still. Have a technician look at the disk's room; the session itself is not disturbed.",
    interrupted: "What broadcasts ended and is being started again by itself; the public sees no new picture for some seconds.",
  },
});

/** In the list of tasks. */
export const broadcastTasks = define<Record<BroadcastCause | "interrupted", string>>({
  id: {
    channel: "Siaran tidak sampai ke saluran",
    late: "Siaran tersendat",
    disk: "Siaran tidak dapat ditulis",
    interrupted: "Siaran terputus",
  },
  en: {
    channel: "The broadcast does not reach the channel",
    late: "The broadcast falters",
    disk: "The broadcast cannot be written",
    interrupted: "The broadcast is interrupted",
  },
});

/** Of the public channel. */
export const channelStates = define({
  id: {
    connecting: "sedang disambungkan",
    sending: "menerima siaran",
    waiting: "tidak tersambung, segera dicoba lagi",
  },
  en: {
    connecting: "being connected",
    sending: "takes the broadcast",
    waiting: "not connected, tried again shortly",
  },
});
