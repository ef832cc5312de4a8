import { afterEach, describe, expect, test } from "vitest";
import { BACK_MS, noticeOf, plateOf } from "./fallback";
import { lang } from "./i18n";
import type { FallbackView, TroubleView } from "./protocol";
import { room } from "./testing/views";

const LOSS: TroubleView = { why: "loss", side: "up", value: 12.4 };

function planned(changes: Partial<FallbackView>, presence: "joined" | "lost" = "joined") {
  const { fallback } = room("64.02");
  return room("64.02", { presence, fallback: fallback && { ...fallback, tested: true, ...changes } });
}

afterEach(() => {
  lang.value = "id";
});

describe("on a picture", () => {
  test("nothing while all is as planned, and nothing of the hub", () => {
    expect(plateOf(planned({}))).toBeNull();
    expect(plateOf(planned({ level: "360p", ceiling: "360p" }))).toBeNull();
    expect(plateOf(room("64", { hub: true, fallback: null }))).toBeNull();
  });

  test("the reason with its figure, then what is left", () => {
    const said = (trouble: TroubleView, level: "360p" | "audio") => plateOf(planned({ level, trouble }))?.said;
    expect(said(LOSS, "360p")).toBe("paket hilang 12 % (unggah), 360p");
    expect(said({ why: "rate", side: "down", value: 64 }, "audio")).toBe("unduh 64 kbit/s, audio saja");
    expect(said({ why: "rtt", side: "up", value: 1240 }, "360p")).toMatch(/^waktu bolak-balik 1.?240 ms, 360p$/);
    expect(said({ why: "cpu", side: "up", value: 91 }, "360p")).toBe("komputer lambat, 91 % waktu, 360p");
    lang.value = "en";
    expect(said(LOSS, "audio")).toBe("12 % loss (up), sound only");
  });

  test("who is not told why reads that there is sound alone, and not that it is smaller", () => {
    expect(plateOf(planned({ level: "360p" }))).toBeNull();
    expect(plateOf(planned({ level: "audio" }))?.said).toBe("audio saja");
    expect(plateOf(planned({ level: "audio", ceiling: "audio" }))?.said).toBe("audio saja, hasil uji");
  });

  test("what a moderator has set, where it takes something away", () => {
    expect(plateOf(planned({ level: "audio", pinned: true }))).toEqual({
      said: "audio saja, ditetapkan",
      pinned: true,
    });
    expect(plateOf(planned({ level: "720p", ceiling: "360p", pinned: true }))).toBeNull();
  });

  test("nothing over the last picture of a lost hall", () => {
    expect(plateOf(planned({ level: "audio", trouble: LOSS }, "lost"))).toBeNull();
  });
});

describe("in the hall", () => {
  const read = (changes: Partial<FallbackView>, now = 0) => noticeOf(planned(changes), now);

  test("what happened, why, and what helps", () => {
    expect(read({ level: "360p", trouble: LOSS, since: 0 })).toEqual({
      title: "Gambar diturunkan ke 360p: paket hilang 12 % (unggah).",
      sub: "Kembali sendiri bila jalur membaik. Hentikan unduhan dan perangkat lain di jaringan ruang ini.",
      good: false,
    });
    const cpu = read({ level: "audio", trouble: { why: "cpu", side: "up", value: 91 }, since: 0 });
    expect(cpu?.title).toBe("Gambar dihentikan, suara tetap jalan: komputer lambat, 91 % waktu.");
    expect(cpu?.sub).toContain("Tutup program dan tab lain");
  });

  test("sound alone by the trial, and what a moderator has set", () => {
    expect(read({ level: "audio", ceiling: "audio" })?.title).toContain("sesuai uji coba terakhir");
    expect(read({ level: "360p", pinned: true })?.title).toContain("Moderator menetapkan gambar 360p");
    expect(read({ level: "audio", pinned: true })?.title).toContain("Moderator menetapkan suara saja");
    expect(read({ level: "720p", pinned: true, since: 0 })).toBeNull();
  });

  test("that it is back, for ten seconds", () => {
    expect(read({ since: 1_000 }, 1_000 + BACK_MS - 1)).toEqual({
      title: "Jalur membaik, gambar kembali 720p.",
      sub: "",
      good: true,
    });
    expect(read({ since: 1_000 }, 1_000 + BACK_MS)).toBeNull();
    expect(read({})).toBeNull();
    expect(noticeOf(room("64", { hub: true, fallback: null }), 0)).toBeNull();
  });
});
