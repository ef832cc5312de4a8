import { beforeEach, expect, test } from "vitest";
import { figures, line } from "../fixture/measured";
import { lang } from "./i18n";
import {
  FRESH_MS,
  forgetMeasured,
  heldBack,
  layersWanted,
  measuredOf,
  ownLine,
  takeMeasured,
} from "./measured";
import type { DeviceFigures, MediaLine } from "./protocol";

const AT = 1_000_000;

beforeEach(() => {
  lang.value = "id";
  layersWanted.value = null;
  forgetMeasured();
});

function told(rooms: DeviceFigures[], at = AT): void {
  takeMeasured({ type: "media_figures", rooms }, at);
}

function weak(room: string, at = AT): string | null | undefined {
  return measuredOf(room, at)?.weak;
}

test("figures of some rooms leave those of the others alone, and grow old", () => {
  told([figures("64.01")]);
  told([figures("64.02")], AT + 2_000);
  expect(measuredOf("64.01", AT + 2_000)?.figures.device).toBe("main-64.01");
  expect(measuredOf("64.02", AT + 2_000)?.figures.device).toBe("main-64.02");
  expect(measuredOf("64.01", AT + FRESH_MS + 1)).toBeNull();
  expect(measuredOf("64.03", AT)).toBeNull();
});

test("a limit of the line is said at once, with what the line carries", () => {
  told([figures("64.01", { down: line({ limit: "sound", available_kbps: 64 }) })]);
  expect(weak("64.01")).toBe("unduh 64 kbit/s, audio saja");
  told([figures("64.01", { down: line({ limit: "reduced", available_kbps: null, kbps: 1310 }) })]);
  expect(weak("64.01")).toBe("unduh 1.310 kbit/s, gambar diperkecil");
  told([figures("64.01", { up: line({ limit: "sound", kbps: 41 }) })]);
  expect(weak("64.01")).toBe("unggah 41 kbit/s, audio saja");
  told([figures("64.01")]);
  expect(weak("64.01")).toBeNull();
});

test("loss must last to be worth a word", () => {
  const lossy = figures("64.01", { up: line({ lost_percent: 7.6 }) });
  told([lossy]);
  told([lossy]);
  expect(weak("64.01")).toBeNull();
  told([lossy]);
  expect(weak("64.01")).toBe("unggah: paket hilang 8 %");
  for (let n = 0; n < 5; n++) told([figures("64.01")]);
  expect(weak("64.01")).toBeNull();
});

test("only pictures that the line or the codec holds back are held back", () => {
  const own: MediaLine = {
    type: "media_line",
    limit: "reduced",
    available_kbps: 300,
    up: null,
    down: line(),
    paused: [
      { room: "64.01", kind: "video", why: "bandwidth" },
      { room: "64.02", kind: "video", why: "codec" },
      { room: "64.03", kind: "audio", why: "codec" },
      { room: "64.07", kind: "video", why: "source" },
      { room: "64.09", kind: "video", why: "uplink" },
    ],
  };
  takeMeasured(own, AT);
  expect(["64.01", "64.02", "64.03", "64.07", "64.08", "64.09"].map(heldBack)).toEqual([
    ...["bandwidth", "codec", null, null, null, "uplink"],
  ]);
});

test("a new life of the media plane voids what was said of the line, not the wish for layers", () => {
  takeMeasured({ type: "media_layers", layers: ["q"] }, AT);
  takeMeasured({ type: "media_line", limit: "sound", available_kbps: 64, up: null, down: null, paused: [] }, AT);
  told([figures("64.01")]);
  forgetMeasured();
  expect(ownLine.value).toBeNull();
  expect(measuredOf("64.01", AT)).toBeNull();
  expect(layersWanted.value).toEqual(["q"]);
});
