import type { RefObject } from "preact";
import { useLayoutEffect } from "preact/hooks";

/**
 * Keeps the focus out of what a sheet covers: the rest of the row that it fills; on a tablet, where
 * it fills the screen, the rest of the page. A dialogue over it, and words of alarm, go on.
 */
export function useBehind(sheet: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const held = new Set<Element>();
    const look = (): void => {
      const one = sheet.current;
      for (const part of held) part.removeAttribute("inert");
      held.clear();
      if (!one) return;
      const row = one.parentElement;
      const whole = getComputedStyle(one).position === "fixed";
      for (const part of [...beside(one), ...(whole && row ? beside(row) : [])]) {
        part.setAttribute("inert", "");
        held.add(part);
      }
    };
    look();
    addEventListener("resize", look);
    return () => {
      removeEventListener("resize", look);
      for (const part of held) part.removeAttribute("inert");
    };
  }, []);
}

function beside(one: Element): Element[] {
  const all = [...(one.parentElement?.children ?? [])];
  return all.filter((part) => part !== one && !part.matches("dialog, .cues, [role=alert]"));
}
