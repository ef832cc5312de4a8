/** Words of screens and documents that are shown. */
import type { PresentationKind, Text } from "../protocol";
import type { ShareProblem } from "../share/problems";
import { define } from "./index";

export const endedBy: Record<PresentationKind, Text> = {
  screen: {
    id: "Layar tidak lagi dibagikan: dihentikan di peramban, atau jendelanya ditutup. Tekan Bagikan untuk mulai lagi.",
    en: "The screen is no longer shared: stopped in the browser, or its window was closed. Press Share to start again.",
  },
  document: {
    id: "Kamera dokumen terputus. Periksa kabelnya, lalu tekan Bagikan lagi.",
    en: "The document camera is gone. Check its cable, then press Share again.",
  },
};

export const problems: Record<ShareProblem, Text> = {
  unsupported: {
    id: "Peramban ini tidak dapat membagikan layar, seperti umumnya ponsel. Pakai komputer dengan Chrome, Edge atau Firefox, atau kamera dokumen.",
    en: "This browser cannot share a screen, as most phones cannot. Use a computer with Chrome, Edge or Firefox, or a document camera.",
  },
  refused: {
    id: "Layar tidak dibagikan: pilihan ditutup, atau izinnya ditolak. Tekan lagi dan pilih layar atau jendela; bila tidak ditanya, izinkan di pengaturan peramban.",
    en: "No screen is shared: the choice was closed, or permission was denied. Press again and choose a screen or window; if you are not asked, allow it in the browser's settings.",
  },
  cameraDenied: {
    id: "Izin kamera ditolak. Izinkan kamera di pengaturan peramban, lalu tekan lagi.",
    en: "Camera permission was denied. Allow the camera in the browser's settings, then press again.",
  },
  missing: {
    id: "Yang dipilih sudah tidak ada. Buka jendelanya atau sambungkan kameranya, lalu pilih lagi.",
    en: "What was chosen is not there any more. Open its window or plug the camera in, then choose again.",
  },
  busy: {
    id: "Layar atau kamera itu sedang tidak dapat diambil. Tutup program lain yang memakainya, lalu tekan lagi.",
    en: "That screen or camera cannot be captured now. Close the program that uses it, then press again.",
  },
  failed: {
    id: "Tidak dapat dibagikan. Muat ulang halaman, lalu coba lagi; bila tetap gagal, panggil teknisi.",
    en: "It could not be shared. Reload the page and try again; if it fails again, call a technician.",
  },
};

export const nothing: Text = {
  id: "Belum ada layar atau dokumen yang ditawarkan. Minta ruang menekan Bagikan.",
  en: "No screen or documents are offered yet. Ask a hall to press Share.",
};

export const share = define({
  id: {
    title: "Bagikan layar atau dokumen",
    button: "Bagikan",
    buttonSub: "layar, dokumen",
    buttonOn: "Dibagikan",
    screen: "Bagikan layar",
    screenHow: "Peramban akan menanyakan layar atau jendela mana. Jendela presentasi saja lebih aman daripada seluruh layar.",
    documents: "Kamera dokumen",
    documentsNamed: (name: string) => `Kamera dokumen: ${name}`,
    noCamera: "Tidak ada kamera kedua di perangkat ini. Sambungkan kamera dokumen, atau buka tautan ruang ini di ponsel dan pilih Kamera dokumen.",
    asking: "Menunggu pilihan di peramban...",
    hall: "Moderator menentukan kapan ditampilkan ke semua ruang.",
    hub: "Langsung tampil ke semua ruang.",
    stop: "Hentikan",
    sharingScreen: "Anda sedang membagikan layar",
    sharingDocument: "Anda sedang membagikan dokumen",
    stageJoining: "Sedang disambungkan...",
    stageOffered: "Belum tampil: menunggu moderator",
    stageShown: "Semua ruang melihatnya sekarang",
    soundOnly: "Jalur ruang ini kini hanya membawa suara, jadi belum dapat tampil",
    preview: "Pratinjau yang dibagikan",
    screenOf: (name: string) => `Layar ${name}`,
    documentsOf: (name: string) => `Dokumen ${name}`,
    ownScreen: "Layar Anda tampil di semua ruang",
    ownScreenWhy: "Di sini tidak diulang, agar tidak menjadi gambar dalam gambar.",
    coming: "Tayangan sedang datang...",
    held: "Jalur ruang ini terlalu sempit untuk tayangan sekarang. Suara tetap jalan; tayangan muncul sendiri bila jalur membaik.",
    taskScreen: (name: string) => `${name} menawarkan layar`,
    taskDocument: (name: string) => `${name} menawarkan dokumen`,
    taskWhy: "Belum dilihat siapa pun. Tampilkan bila tiba waktunya.",
    show: "Tampilkan",
    end: "Akhiri tayangan",
    shownScreen: (name: string) => `Layar ${name} ditampilkan`,
    shownDocument: (name: string) => `Dokumen ${name} ditampilkan`,
    notComing: "gambarnya belum datang",
    offersScreen: "Menawarkan layar",
    offersDocument: "Menawarkan dokumen",
  },
  en: {
    title: "Share a screen or documents",
    button: "Share",
    buttonSub: "screen, documents",
    buttonOn: "Sharing",
    screen: "Share screen",
    screenHow: "The browser will ask which screen or window. The presentation's window alone is safer than the whole screen.",
    documents: "Document camera",
    documentsNamed: (name: string) => `Document camera: ${name}`,
    noCamera: "There is no second camera on this device. Plug a document camera in, or open this hall's link on a phone and choose Document camera.",
    asking: "Waiting for the choice in the browser...",
    hall: "The moderator decides when all halls see it.",
    hub: "All halls see it at once.",
    stop: "Stop",
    sharingScreen: "You are sharing your screen",
    sharingDocument: "You are sharing documents",
    stageJoining: "Being connected...",
    stageOffered: "Not shown yet: waiting for the moderator",
    stageShown: "All halls see it now",
    soundOnly: "This hall's line carries sound alone now, so it cannot be shown yet",
    preview: "Preview of what is shared",
    screenOf: (name: string) => `Screen of ${name}`,
    documentsOf: (name: string) => `Documents of ${name}`,
    ownScreen: "Your screen is shown in all halls",
    ownScreenWhy: "It is not repeated here, else it would be a picture in a picture.",
    coming: "The presentation is on its way...",
    held: "This hall's line is too narrow for the presentation now. Sound goes on; it appears by itself when the line is better.",
    taskScreen: (name: string) => `${name} offers its screen`,
    taskDocument: (name: string) => `${name} offers documents`,
    taskWhy: "Nobody sees it yet. Show it when its time has come.",
    show: "Show",
    end: "End presentation",
    shownScreen: (name: string) => `Screen of ${name} is shown`,
    shownDocument: (name: string) => `Documents of ${name} are shown`,
    notComing: "its picture does not come yet",
    offersScreen: "Offers its screen",
    offersDocument: "Offers documents",
  },
});
