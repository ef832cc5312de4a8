/** The page without the browser's bars, and back; the browser may say no. */
export function toggleFull(): void {
  const done = document.fullscreenElement
    ? document.exitFullscreen()
    : document.documentElement.requestFullscreen({ navigationUI: "hide" });
  done.catch((error: unknown) => console.info("- no full screen:", error));
}
