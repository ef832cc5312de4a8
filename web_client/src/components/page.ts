import { signal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";

export type Theme = "light" | "dark";

const KEY = "vicon.theme";

/** The theme of the pages that offer a switch; kept for the next visit of this browser. */
export const theme = signal<Theme>(
  globalThis.localStorage?.getItem(KEY) === "dark" ? "dark" : "light",
);

export function switchTheme(): void {
  theme.value = theme.value === "dark" ? "light" : "dark";
  globalThis.localStorage?.setItem(KEY, theme.value);
}

/** Names the page on the root element, for its style sheet; `fixed` overrides the switch. */
export function usePage(name: string, fixed?: Theme): void {
  const wanted = fixed ?? theme.value;
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = wanted;
  }, [wanted]);
  useLayoutEffect(() => {
    document.documentElement.dataset.page = name;
    return () => {
      delete document.documentElement.dataset.page;
    };
  }, [name]);
}

/**
 * Calls `act` for every key pressed on the page, while the component is shown. A layout effect: what
 * a key does is never older than what is on the screen.
 */
export function useKeys(act: (event: KeyboardEvent) => void): void {
  useLayoutEffect(() => {
    addEventListener("keydown", act);
    return () => removeEventListener("keydown", act);
  });
}
