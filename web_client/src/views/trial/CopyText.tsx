// Copying, and what stands in its place where a page may not copy.

/** null: it is copied; else the text, to be copied by hand. Rejects when the text does not come. */
export async function copyText(text: string | Promise<string>): Promise<string | null> {
  if (!navigator.clipboard) return text; // plain http has none
  try {
    await write(text);
    return null;
  } catch (error) {
    const words = await text; // a text that did not come is the trouble then, not the clipboard
    if (!(error instanceof DOMException)) throw error;
    return words;
  }
}

/** Safari and Chromium copy only what a press asked for: the promise goes in, not its text. */
async function write(text: string | Promise<string>): Promise<void> {
  const { clipboard } = navigator;
  if (typeof text === "string" || typeof ClipboardItem === "undefined" || !clipboard.write) {
    return clipboard.writeText(await text);
  }
  const blob = text.then((words) => new Blob([words], { type: "text/plain" }));
  return clipboard.write([new ClipboardItem({ "text/plain": blob })]);
}

/** A text to select. */
export function ByHand({ text, label }: { text: string; label: string }) {
  return (
    <textarea
      class="input"
      readOnly
      rows={Math.min(text.split("\n").length, 10)}
      value={text}
      aria-label={label}
      data-testid="by-hand"
      onFocus={(event) => event.currentTarget.select()}
    />
  );
}
