import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

const CONTROL = "a[href], button, input, select, textarea, [tabindex]:not([tabindex='-1'])";

/**
 * A region that scrolls and holds nothing to press is a stop of Tab while it does not fit, so that
 * the arrows can scroll it. Not every browser does that by itself.
 */
export function useScrollStop<T extends HTMLElement>(): RefObject<T | null> {
  const region = useRef<T>(null);
  const look = (): void => {
    const one = region.current;
    if (!one) return;
    const { overflowX, overflowY } = getComputedStyle(one);
    const down = /auto|scroll/.test(overflowY) && one.scrollHeight > one.clientHeight;
    const across = /auto|scroll/.test(overflowX) && one.scrollWidth > one.clientWidth;
    if ((down || across) && !one.querySelector(CONTROL)) one.tabIndex = 0;
    else one.removeAttribute("tabindex");
  };
  useEffect(look);
  useEffect(() => {
    if (!region.current) return;
    const sizes = new ResizeObserver(look);
    sizes.observe(region.current);
    return () => sizes.disconnect();
  }, []);
  return region;
}
