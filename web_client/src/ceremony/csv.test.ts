import { expect, test } from "vitest";
import { drawnItems } from "../../fixture/ceremony";
import { drawnView } from "../../fixture/view";
import { readRundown, writeRundown } from "./csv";
import { seconds } from "./length";
import { rowsOf } from "./table";

const { rooms } = drawnView();
const read = (text: string) => readRundown(text, rooms);

test("what is exported comes back as it was, in a file that a spreadsheet opens", () => {
  const items = drawnItems(drawnView()).map((item) =>
    item.id === "i13" ? { ...item, title: '=Baca "pakta", bersama', notes: "Satu\nDua; tiga", planned_s: 150 } : item,
  );
  const text = writeRundown(items, rooms);
  expect(text.startsWith("\uFEFFkind,title,minutes,room,notes,point,hush\r\n")).toBe(true);
  expect(text).toContain(`"'=Baca ""pakta"", bersama"`);
  const back = read(text);
  expect(back.wrong).toEqual([]);
  const bare = (list: typeof items) => list.map(({ id: _, ...rest }) => rest);
  expect(bare(back.items)).toEqual(bare(items));
  expect(new Set(back.items.map((item) => item.id)).size).toBe(15);
});

test("semicolons, names of either language, any order of columns", () => {
  const { items, wrong } = read("Title;Minutes;Room;Kind;Hush\nSambutan;2,5;kukar;Sambutan;\nDoa;03:30;;;ya\n");
  expect(wrong).toEqual([]);
  expect(items).toMatchObject([
    { title: "Sambutan", planned_s: 150, room: "64.02", kind: "speech", hush: false },
    { title: "Doa", planned_s: 210, room: null, kind: "free", hush: true },
  ]);
});

test("every fault is told with its line, and nothing is taken in part", () => {
  const { wrong } = read(
    'title,minutes,room,kind,point,hush\n"Dua\nbaris",3,,,,\n,0,Bandung,pidato,1.5,mungkin\n\nDoa,3,,,41,\n',
  );
  expect(wrong.map(({ line, what, said }) => [line, what, said])).toEqual([
    [4, "kind", "pidato"],
    [4, "title", ""],
    [4, "minutes", "0"],
    [4, "room", "Bandung"],
    [4, "point", "1.5"],
    [4, "hush", "mungkin"],
    [6, "point", "41"],
  ]);
});

test("a file without its columns, without items, or with too many is refused whole", () => {
  expect(read("judul,menit\nDoa,3").wrong).toEqual([{ line: 1, what: "columns", said: "title, minutes" }]);
  expect(read("").wrong[0]?.what).toBe("empty");
  expect(read("title,minutes\n").wrong[0]?.what).toBe("empty");
  expect(read(`title,minutes\n${"Doa,3\n".repeat(201)}`).wrong).toEqual([{ line: 202, what: "many", said: "" }]);
  expect(read('title,minutes\n"Doa,3\nLagu,2').wrong).toEqual([{ line: 2, what: "quote", said: "" }]);
});

test("lines of any system, tabs, and quotation marks within a cell", () => {
  expect(rowsOf('a\tb\r\n1\t"x ""y"""\r').rows).toEqual([
    { line: 1, cells: ["a", "b"] },
    { line: 2, cells: ["1", 'x "y"'] },
  ]);
});

test("lengths as people write them", () => {
  expect(["3", "2,5", "0.5", "03:00", "1:03:00", " 90:00 "].map(seconds)).toEqual([180, 150, 30, 180, 3780, 5400]);
  expect(["", "0", "0:00", "3:60", "1:2", "-3", "25:00:00", "tiga", "3 m"].map(seconds)).toEqual(
    Array.from({ length: 9 }, () => null),
  );
});
