// Names of what a trial measures, as the printed reports have them.

import type { Text } from "../protocol";
import { say } from "./index";

const names: Record<string, Text> = {
  rtt_ms: { id: "Waktu bolak-balik (RTT)", en: "Round trip (RTT)" },
  jitter_ms: { id: "Jitter, arah terburuk", en: "Jitter, worse way" },
  jitter_up_ms: { id: "Jitter unggah", en: "Jitter up" },
  jitter_down_ms: { id: "Jitter unduh", en: "Jitter down" },
  delay_variation_up_ms: { id: "Ragam tunda, unggah", en: "Delay variation up" },
  delay_variation_down_ms: { id: "Ragam tunda, unduh", en: "Delay variation down" },
  loss_up_percent: { id: "Paket hilang, unggah", en: "Packet loss up" },
  loss_down_percent: { id: "Paket hilang, unduh", en: "Packet loss down" },
  burst_up_percent: { id: "Hilang beruntun, unggah", en: "Burst loss up" },
  burst_down_percent: { id: "Hilang beruntun, unduh", en: "Burst loss down" },
  reordered_up: { id: "Paket tertukar urutan, unggah", en: "Packets out of order up" },
  reordered_down: { id: "Paket tertukar urutan, unduh", en: "Packets out of order down" },
  capacity_up_kbps: { id: "Kapasitas unggah", en: "Capacity up" },
  capacity_down_kbps: { id: "Kapasitas unduh", en: "Capacity down" },
  rtt_rise_up_ms: { id: "Kenaikan RTT saat unggah penuh", en: "RTT rise under full load up" },
  rtt_rise_down_ms: { id: "Kenaikan RTT saat unduh penuh", en: "RTT rise under full load down" },
  mos: { id: "Mutu suara (MOS)", en: "Audio quality (MOS)" },
  fps_received: { id: "Gambar diterima per detik", en: "Pictures received per second" },
  frame_height: { id: "Tinggi gambar diterima", en: "Height of the picture received" },
  freezes: { id: "Gambar membeku", en: "Freezes" },
  frozen_ms: { id: "Lama membeku", en: "Time frozen" },
  av_offset_ms: { id: "Selisih suara dan gambar", en: "Sound after picture" },
  delay_down_ms: { id: "Tunda satu arah, unduh", en: "One-way delay down" },
  delay_round_ms: { id: "Tunda media bolak-balik", en: "Media delay, both ways" },
  psnr_db: { id: "Kemiripan gambar (PSNR)", en: "Picture fidelity (PSNR)" },
  ssim: { id: "Kemiripan gambar (SSIM)", en: "Picture fidelity (SSIM)" },
  reconnect_socket_ms: { id: "Pensinyalan kembali", en: "Signalling back after" },
  reconnect_media_ms: { id: "Media kembali", en: "Media back after" },
  signalling_rtt_ms: { id: "Pensinyalan bolak-balik", en: "Signalling round trip" },
  signalling_held_s: { id: "Pensinyalan bertahan", en: "Signalling held" },
  connect_udp_ms: { id: "Tersambung lewat UDP langsung", en: "Connected by UDP" },
  connect_turn_udp_ms: { id: "Tersambung lewat TURN/UDP", en: "Connected by TURN/UDP" },
  connect_turn_tcp_ms: { id: "Tersambung lewat TURN/TCP", en: "Connected by TURN/TCP" },
  connect_turn_tls_ms: { id: "Tersambung lewat TURN/TLS", en: "Connected by TURN/TLS" },
  microphone_dbfs: { id: "Tingkat mikrofon", en: "Microphone level" },
  clipped_samples: { id: "Sampel terpotong", en: "Clipped samples" },
  echo_db: { id: "Gema suara uji", en: "Echo of the test sound" },
  speaker: { id: "Pengeras suara", en: "Loudspeaker" },
  concealed_percent: { id: "Suara yang ditambal", en: "Sound that was made up" },
  camera_height: { id: "Tinggi gambar kamera", en: "Height of the camera's picture" },
  camera_fps: { id: "Gambar kamera per detik", en: "Camera's pictures per second" },
};

/** A figure without a name of its own stands under the one it is measured by. */
export function figureName(name: string): string {
  const found = names[name];
  return found ? say(found) : name;
}
