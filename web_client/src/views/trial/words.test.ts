import { expect, test } from "vitest";
import { lang } from "../../i18n";
import type { RunView } from "../../protocol";
import { runWords } from "./words";

const zone = { timezone: "Asia/Makassar", timezone_label: "WITA" };
const at = (hour: number, minute: number) => Date.UTC(2020, 8, 24, hour + 16, minute); // WITA is 8 h ahead

test("a run that did not end is named by its beginning, one that did by its end", () => {
  lang.value = "id";
  const words = (state: RunView["state"]) =>
    runWords({ state, started_at: at(7, 41), ended_at: at(7, 43), by: "Teknisi 1" } as RunView, at(7, 50), zone);
  expect(words("stopped")).toBe("Dihentikan, dimulai hari ini 07:41 oleh Teknisi 1");
  expect(words("broken")).toBe("Tidak selesai, dimulai hari ini 07:41 oleh Teknisi 1");
  expect(words("done")).toBe("Diuji hari ini 07:43 oleh Teknisi 1");
});
