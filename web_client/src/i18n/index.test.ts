// @vitest-environment happy-dom
import { expect, test } from "vitest";
import { define, lang, say, switchLanguage } from ".";

test("words follow the language, and the choice is kept", () => {
  const t = define({
    id: { join: "Gabung", turn: (n: number) => `Giliran ${n}` },
    en: { join: "Join", turn: (n: number) => `Turn ${n}` },
  });
  expect(t.join).toBe("Gabung");
  expect(document.documentElement.lang).toBe("id");
  switchLanguage();
  expect(t.join).toBe("Join");
  expect(t.turn(3)).toBe("Turn 3");
  expect(say({ id: "penuh", en: "full" })).toBe("full");
  expect(document.documentElement.lang).toBe("en");
  expect(localStorage.getItem("vicon.lang")).toBe("en");
  lang.value = "id";
});
