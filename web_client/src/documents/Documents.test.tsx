// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test } from "vitest";
import { PACT } from "../../fixture/hall";
import { lang } from "../i18n";
import type { View } from "../protocol";
import { view } from "../testing/views";
import { Documents } from "./Documents";

let place: HTMLElement;
const asked: [url: string, init: RequestInit | undefined][] = [];
let answer: (response: Response) => void = () => undefined;
const realFetch = globalThis.fetch;
const saved: string[] = [];

beforeEach(() => {
  asked.length = 0;
  saved.length = 0;
  lang.value = "id";
  location.hash = "#TOKEN";
  place = document.body.appendChild(document.createElement("div"));
  globalThis.fetch = (url, init) => {
    asked.push([String(url), init]);
    return new Promise((resolve) => (answer = resolve));
  };
  HTMLAnchorElement.prototype.click = function (this: HTMLAnchorElement) {
    saved.push(this.download);
  };
});

afterEach(() => {
  globalThis.fetch = realFetch;
  render(null, place);
  place.remove();
});

const find = (name: string): HTMLElement | null => place.querySelector(`[data-testid="${name}"]`);
const show = (seen: View) => act(() => render(<Documents seen={seen} onClose={() => undefined} />, place));
const settle = (work: () => void) =>
  act(async () => {
    work();
    await new Promise((answered) => setTimeout(answered, 20));
  });

function file(name: string, body = "x"): Response {
  return new Response(body, { headers: { "Content-Disposition": `attachment; filename="${name}"` } });
}

test("a document is asked for with the token in a header, and is said to come", async () => {
  await show(view({ conference: { phase: "closed" } }));
  expect(place.textContent).toContain("Sesi sudah ditutup");
  await settle(() => find("minutes-odt")?.click());
  expect(asked.map(([url]) => url)).toEqual(["/api/v1/conferences/kaltim/minutes.odt?lang=id"]);
  expect(asked[0]?.[1]?.headers).toEqual({ Authorization: "Bearer TOKEN" });
  expect(find("documents-said")?.textContent).toContain("Server menyusun Berita acara (ODT)...");
  await settle(() => find("minutes-pdf")?.click()); // one at a time
  expect(asked).toHaveLength(1);
  await settle(() => answer(file("berita-acara-kaltim.odt")));
  expect(saved).toEqual(["berita-acara-kaltim.odt"]);
  expect(find("documents-said")?.textContent).toContain("Berita acara (ODT) sudah diunduh.");
});

test("before the end it is said to be a draft, in the page's language", async () => {
  lang.value = "en";
  await show({ ...view(), pact: PACT });
  expect(place.textContent).toContain("PROVISIONAL");
  await settle(() => find("pact-pdf")?.click());
  expect(asked[0]?.[0]).toBe("/api/v1/conferences/kaltim/pact.pdf?lang=en");
});

test("what went wrong is said with what to do, and it can be asked for again", async () => {
  await show(view());
  expect(find("pact-pdf")).toBeNull();
  expect(place.textContent).toContain("Sesi ini tidak punya pakta.");
  await settle(() => find("minutes-json")?.click());
  const busy = { code: "busy", text: { id: "Server sedang sibuk.", en: "The server is busy." } };
  await settle(() => answer(Response.json(busy, { status: 503 })));
  expect(place.querySelector(".err")?.textContent).toContain("Server sedang sibuk.");
  expect(find("documents-said")?.textContent).toBe("");
  await settle(() => find("minutes-json")?.click());
  await settle(() => answer(file("berita-acara-kaltim.json")));
  expect(place.querySelector(".err")?.textContent ?? "").toBe("");
  expect(saved).toEqual(["berita-acara-kaltim.json"]);
});
