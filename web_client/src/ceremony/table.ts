/** Comma-separated tables (RFC 4180), read as spreadsheets of either language write them. Pure. */

export interface Row {
  /** Of the file, from 1, where it begins. */
  line: number;
  cells: string[];
}

export interface Table {
  rows: Row[];
  /** The line of a quotation mark that is never closed; null: none. */
  open: number | null;
}

/** Empty lines are left out. The first line tells whether commas, semicolons or tabs part the cells. */
export function rowsOf(text: string): Table {
  const body = text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  const parted = partedBy(body.split("\n", 1)[0] ?? "");
  const rows: Row[] = [];
  let [cells, cell, line, began]: [string[], string, number, number] = [[], "", 1, 1];
  let quoted = 0; // the line on which the open quotation began; 0: none
  const endRow = (): void => {
    cells.push(cell);
    if (cells.some((one) => one.trim())) rows.push({ line: began, cells: cells.map(plain) });
    [cells, cell] = [[], ""];
  };
  for (let at = 0; at < body.length; at++) {
    const letter = body[at];
    if (letter === "\n") line += 1;
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (body[at + 1] === '"') cell += body[++at];
      else quoted = 0;
    } else if (letter === '"' && cell.trim() === "") {
      [quoted, cell] = [line, ""];
    } else if (letter === parted) {
      cells.push(cell);
      cell = "";
    } else if (letter === "\n") {
      endRow();
      began = line;
    } else cell += letter;
  }
  if (quoted) return { rows, open: quoted };
  endRow();
  return { rows, open: null };
}

function partedBy(head: string): string {
  const marks = [",", ";", "\t"].map((mark) => ({ mark, n: head.split(mark).length }));
  return marks.reduce((a, b) => (b.n > a.n ? b : a)).mark;
}

/** What `written` put in front of a formula's sign is taken away again. */
function plain(cell: string): string {
  return /^'[=+\-@]/.test(cell) ? cell.slice(1) : cell;
}

/** A line of cells. A cell that a spreadsheet would take for a formula gets an apostrophe in front. */
export function written(cells: readonly string[]): string {
  return cells
    .map((cell) => (/^[=+\-@]/.test(cell) ? `'${cell}` : cell))
    .map((cell) => (/[",;\n\t]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(",");
}
