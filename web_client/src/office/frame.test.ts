import { expect, test } from "vitest";
import { frameCode } from "./frame";

test("the code plays, may fill the screen, and a title cannot break out of it", () => {
  expect(frameCode("https://v.example/embed/uji#abc", 'Pakta "2020" <b>&')).toBe(
    '<iframe src="https://v.example/embed/uji#abc" title="Pakta &quot;2020&quot; &lt;b>&amp;" ' +
      'allow="autoplay; fullscreen" style="width:100%;aspect-ratio:16/9;border:0"></iframe>',
  );
});
