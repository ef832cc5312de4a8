import { describe, expect, test } from "vitest";
import type { LayerName } from "../protocol";
import { type Layer, layersFor, ridsFor, type Sending, singleFor } from "./layers";

function wish(height: number, max_kbps: number, video = true): Sending["wish"] {
  return { audio: true, video, height, max_kbps };
}
const LARGE = wish(720, 1500);
const MEDIUM = wish(360, 400);
const SMALL = wish(180, 150);
const HD: Sending = { wish: LARGE, cameraOn: true, wanted: null, width: 1280, height: 720 };

function all(changes: Partial<Sending> = {}): Layer[] {
  const at = { ...HD, ...changes };
  return layersFor(ridsFor(Math.min(at.width, at.height)), at);
}

function active(changes: Partial<Sending> = {}): string {
  return all(changes).flatMap((one) => (one.active ? [one.rid] : [])).join("");
}

describe("layers of the picture", () => {
  test("a camera of 720p has a quarter, a half and the whole", () => {
    expect(all()).toEqual([
      { rid: "q", active: true, maxBitrate: 150_000, scaleResolutionDownBy: 4, maxFramerate: 30 },
      { rid: "h", active: true, maxBitrate: 400_000, scaleResolutionDownBy: 2, maxFramerate: 30 },
      { rid: "f", active: true, maxBitrate: 1_500_000, scaleResolutionDownBy: 1, maxFramerate: 30 },
    ]);
  });

  test("a mere thumbnail has half the pictures", () => {
    expect(all({ wish: SMALL })[0]?.maxFramerate).toBe(15);
    expect(all({ wish: MEDIUM }).map((one) => one.maxFramerate)).toEqual([30, 30, 30]);
  });

  test("no layer is larger than wished, and none that nobody receives is encoded", () => {
    expect(active({ wish: LARGE })).toBe("qhf");
    expect(active({ wish: MEDIUM })).toBe("qh");
    expect(active({ wish: SMALL })).toBe("q");
    expect(active({ wanted: ["q", "f"] })).toBe("qf");
    expect(active({ wish: MEDIUM, wanted: ["f"] })).toBe("");
    expect(active({ wanted: [] })).toBe("");
    expect(active({ wish: SMALL, wanted: ["q", "h"] }), "it is looked at").toBe("qh");
    expect(active({ wish: SMALL, wanted: ["q", "h", "f"] }), "no further than need be").toBe("qh");
    expect(active({ cameraOn: false })).toBe("");
    expect(active({ wish: wish(720, 1500, false) })).toBe("");
  });

  test("a wish below the plan bounds the rate", () => {
    expect(all({ wish: wish(720, 800) }).map((one) => one.maxBitrate)).toEqual([
      150_000, 400_000, 800_000,
    ]);
    expect(all({ wish: wish(720, 0) })[0]?.maxBitrate).toBe(30_000);
  });

  test("a small camera has fewer layers, the largest of them whole", () => {
    const rids = (side: number): string => ridsFor(side).join("");
    expect([0, 1080, 720, 540, 480, 360, 240, 120].map(rids)).toEqual([
      ...["qhf", "qhf", "qhf", "qhf"],
      ...["qh", "qh", "q", "q"],
    ]);
    const scales = (changes: Partial<Sending>): number[] =>
      all(changes).map((one) => Number(one.scaleResolutionDownBy.toFixed(2)));
    expect(scales({ width: 640, height: 360 })).toEqual([2, 1]);
    expect(scales({ width: 640, height: 480 })).toEqual([2.67, 1]);
    expect(scales({ width: 640, height: 480, wish: MEDIUM })).toEqual([2.67, 1.33]);
    expect(scales({ width: 320, height: 240 })).toEqual([1]);
    expect(scales({ width: 320, height: 240, wish: SMALL })).toEqual([1.33]);
    expect(all({ width: 640, height: 480 })[1]?.maxBitrate).toBe(700_000);
    expect(scales({ width: 1920, height: 1080 })).toEqual([6, 3, 1.5]);
  });

  test("a phone held upright counts by its shorter side", () => {
    const upright = all({ width: 720, height: 1280 }).map((one) => one.scaleResolutionDownBy);
    expect(upright).toEqual([4, 2, 1]);
  });

  test("before the camera is known its layers are those of 720p", () => {
    const scales = all({ width: 0, height: 0 }).map((one) => one.scaleResolutionDownBy);
    expect(scales).toEqual([4, 2, 1]);
  });

  test("without simulcast there is one picture, as large as wished, while anybody wants it", () => {
    expect(singleFor({ ...HD, wish: MEDIUM })).toEqual({
      active: true,
      maxBitrate: 400_000,
      scaleResolutionDownBy: 2,
    });
    const shown = (wanted: LayerName[] | null): boolean => singleFor({ ...HD, wanted }).active;
    expect([shown(null), shown(["q"]), shown([])]).toEqual([true, true, false]);
  });
});
