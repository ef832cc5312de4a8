import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/**
 * A form that closes gives the focus back to the button that opened it, named so for tests. The ref
 * is of what holds both. A focus that has gone elsewhere stays there.
 */
export function useGiveBack<T extends HTMLElement>(open: boolean, opener: string): RefObject<T | null> {
  const box = useRef<T>(null);
  const before = useRef(open);
  useEffect(() => {
    const closed = before.current && !open;
    before.current = open;
    if (!closed || (document.activeElement && document.activeElement !== document.body)) return;
    box.current?.querySelector<HTMLElement>(`[data-testid="${opener}"]`)?.focus();
  }, [open]);
  return box;
}
