"""axe-core in a page: what keeps somebody from using it. The browser puts it in before the page's
own scripts, so that the page's policy stays as it is."""

from __future__ import annotations

import functools
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Page

from tests.e2e.service import CHECKOUT

NPM_S = 120
LOOK = """async () => {
  const ends = (one) => one.effect?.getComputedTiming().endTime !== Infinity;
  const moving = document.getAnimations().filter(ends).map((one) => one.finished);
  await Promise.allSettled(moving);
  const found = await axe.run(document, {
    resultTypes: ["violations"],
    rules: { "target-size": { enabled: true } },
  });
  return found.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, impact, nodes }) => ({
      id,
      impact,
      nodes: nodes.map(({ target, failureSummary }) => [target.join(" "), failureSummary]),
    }));
}"""


@functools.cache
def script() -> str:
    """As npm has it, by the lock file; installed first where it is not."""
    subprocess.run(
        [sys.executable, "hatch_build.py", "npm", "ls", "axe-core"],
        cwd=CHECKOUT,
        check=True,
        stdout=subprocess.DEVNULL,
        timeout=NPM_S,
    )
    return (CHECKOUT / "web_client/node_modules/axe-core/axe.min.js").read_text("utf-8")


MANNERS = (("id", "light"), ("en", "dark"))
"""In which pages are looked at: language and theme."""


def scripts(lang: str, theme: str) -> tuple[str, ...]:
    """axe-core, and what the person chose on an earlier visit."""
    chosen = f"localStorage['vicon.lang'] = '{lang}'; localStorage['vicon.theme'] = '{theme}';"
    return (script(), chosen)


@dataclass
class Axe:
    """Looks at page after page and keeps what is serious or critical."""

    found: list[str] = field(default_factory=list)
    looked: list[str] = field(default_factory=list)

    async def look(self, page: Page, name: str) -> None:
        """`page` was opened with script()."""
        self.looked.append(name)
        violations: list[dict[str, Any]] = await page.evaluate(LOOK)
        for one in violations:
            for target, why in one["nodes"]:
                said = " ".join(str(why).split())
                self.found.append(f"{name}: {one['id']} ({one['impact']}) {target}: {said}")

    def said(self) -> str:
        return "\n".join(self.found)
