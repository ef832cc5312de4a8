/** What goes into a page of another site; the same as `vicon links` prints. */
export function frameCode(url: string, title: string): string {
  const allow = "autoplay; fullscreen";
  return `<iframe src="${url}" title="${escaped(title)}" allow="${allow}" style="width:100%;aspect-ratio:16/9;border:0"></iframe>`;
}

function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;");
}
