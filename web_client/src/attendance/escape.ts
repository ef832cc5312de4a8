/** For forms within a pane or a dialogue: Escape ends the form alone. */
export function onEscape(end: () => void): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    end();
  };
}
