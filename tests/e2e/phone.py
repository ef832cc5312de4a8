"""A page on a phone: nothing is wider than the screen, no control lies under something else, and
each is large enough for a finger (WCAG 2.2, 2.5.8)."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.async_api import Page, ViewportSize

PHONE = ViewportSize(width=390, height=844)
LOOK = """() => {
  const LEAST = 24;
  const CONTROL =
    "button, a[href], input:not([type=hidden]), select, textarea, summary, [role=tab]";
  const found = [];
  const name = (one) => {
    const said = one.dataset.testid || one.id || one.getAttribute("class") || one.textContent;
    return `${one.tagName.toLowerCase()} ${said.trim().slice(0, 40)}`;
  };
  const drawn = (one) => one.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const spoken = (one) => one.closest(".vh, [inert]") !== null;
  const scrolls = (one) => {
    for (let up = one; up; up = up.parentElement) {
      if (/auto|scroll|hidden|clip/.test(getComputedStyle(up).overflowX)) return true;
    }
    return false;
  };
  const root = document.documentElement;
  if (root.scrollWidth > innerWidth) found.push(`page: ${root.scrollWidth} wide of ${innerWidth}`);
  for (const one of document.body.querySelectorAll("*")) {
    const { left, right, width } = one.getBoundingClientRect();
    if (!width || !drawn(one) || spoken(one) || (left >= -1 && right <= innerWidth + 1)) continue;
    if (scrolls(one.parentElement)) continue;
    found.push(`wide: ${name(one)} ${Math.round(left)} to ${Math.round(right)}`);
  }
  const dialog = [...document.querySelectorAll("dialog[open]")].at(-1);
  for (const one of (dialog ?? document).querySelectorAll(CONTROL)) {
    if (!drawn(one) || spoken(one)) continue;
    const target = one.matches("input") ? (one.closest("label") ?? one) : one;
    target.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
    const box = target.getBoundingClientRect();
    if (box.width < LEAST || box.height < LEAST) {
      found.push(`small: ${name(one)} ${Math.round(box.width)} by ${Math.round(box.height)}`);
    }
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const hit = document.elementFromPoint(x, y);
    if (!hit || !(target.contains(hit) || (hit.tagName === "LABEL" && hit.contains(target)))) {
      found.push(`covered: ${name(one)} by ${hit ? name(hit) : "the edge"}`);
    }
  }
  return found;
}"""

DRAWN = "new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))"


@dataclass
class Phone:
    """Looks at page after page and keeps what does not fit."""

    found: list[str] = field(default_factory=list)

    async def look(self, page: Page, name: str) -> None:
        """At the size of a phone; afterwards the page is as large as it was."""
        before = page.viewport_size
        await page.set_viewport_size(PHONE)
        await page.evaluate(DRAWN)
        wrong: list[str] = await page.evaluate(LOOK)
        self.found += [f"{name}: {one}" for one in wrong]
        if before and before != PHONE:
            await page.set_viewport_size(before)

    def said(self) -> str:
        return "\n".join(self.found)
