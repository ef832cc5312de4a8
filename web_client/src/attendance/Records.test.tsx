// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lang } from "../i18n";
import { view } from "../testing/views";
import { sampleCsv } from "./api";
import { Records } from "./Records";

let place: HTMLElement;
const asked: [url: string, init: RequestInit | undefined][] = [];
const realFetch = globalThis.fetch;

beforeEach(() => {
  asked.length = 0;
  lang.value = "id";
  place = document.body.appendChild(document.createElement("div"));
});

afterEach(() => {
  globalThis.fetch = realFetch;
  render(null, place);
  place.remove();
});

function answering(status: number, body: object): void {
  globalThis.fetch = async (url, init) => {
    asked.push([String(url), init]);
    return new Response(JSON.stringify(body), { status });
  };
}

const settle = (work: () => void) =>
  act(async () => {
    work();
    await new Promise((answered) => setTimeout(answered, 20));
  });

async function pick(text: string): Promise<string> {
  await act(() => render(<Records seen={view()} onClose={() => undefined} />, place));
  const field = place.querySelector<HTMLInputElement>("[data-testid=import-file]");
  Object.defineProperty(field, "files", { value: [new File([text], "undangan.csv")], configurable: true });
  await settle(() => void field?.dispatchEvent(new Event("change")));
  return place.querySelector("[data-testid=import-said]")?.textContent ?? "";
}

test("a list is sent as it is, and how many it has is said", async () => {
  answering(200, { rooms: { "64.02": 2, "64.08": 1 }, persons: 3 });
  expect(await pick("ruang;nama;instansi;peran\n")).toContain("3 orang untuk 2 ruang tercatat.");
  expect(asked[0]?.[0]).toBe("/api/v1/conferences/kaltim/expected");
  expect(asked[0]?.[1]).toMatchObject({ method: "POST", headers: { "Content-Type": "text/csv" } });
});

test("what is wrong with it is said by line", async () => {
  answering(422, {
    code: "bad_list",
    text: { id: "Satu baris salah.", en: "One line is wrong." },
    errors: [{ line: 12, text: { id: 'Ruang "65" tidak ada.', en: 'No room "65".' } }],
  });
  const said = await pick("x");
  expect(said).toContain("Satu baris salah.");
  expect(said).toContain('Baris 12 Ruang "65" tidak ada.');
});

test("the server's own sentence where it gave one, else what to do", async () => {
  answering(413, { code: "list_too_large", text: { id: "Daftar ini terlalu besar.", en: "Too large." } });
  expect(await pick("x")).toContain("Daftar ini terlalu besar.");
  globalThis.fetch = () => Promise.reject(new TypeError("no network"));
  expect(await pick("x")).toContain("Server tidak terjangkau");
  answering(404, {});
  await settle(() => place.querySelector<HTMLElement>('[data-testid="export-counts.csv"]')?.click());
  expect(asked.at(-1)?.[0]).toBe("/api/v1/conferences/kaltim/counts.csv?lang=id");
  expect(place.querySelector(".exports .err")?.textContent).toContain("belum dapat memberikannya");
});

test("once the session is over nothing can be imported, all can be had", async () => {
  const over = view({ conference: { phase: "closed" } });
  await act(() => render(<Records seen={over} onClose={() => undefined} />, place));
  expect(place.querySelector(".import")).toBeNull();
  expect(place.querySelectorAll(".exports dd button")).toHaveLength(6);
});

test("the sample is divided as a spreadsheet of that language divides", () => {
  expect(sampleCsv(["64.02"], ["TNI; Polri"], "id")).toBe(
    '\ufeffruang;nama;instansi;peran\r\n64.02;;;"TNI; Polri"\r\n',
  );
  expect(sampleCsv(["64.02"], [], "en")).toBe("\ufeffroom,name,institution,role\r\n64.02,,,\r\n");
});
