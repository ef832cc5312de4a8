// What is made in the page and has an address: a picture that was fetched, a file to be saved.

const LAST_USE_MS = 10_000;

/** Lets go of it, after a while: a picture may just be loading from it, a file being written. */
export function release(address: string): void {
  setTimeout(() => URL.revokeObjectURL(address), LAST_USE_MS);
}

/** Gives it to the person as a file. */
export function save(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = name;
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  release(address);
}

export function saveCsv(name: string, text: string): void {
  save(name, new Blob([text], { type: "text/csv" }));
}
