"""What vicon is made of, and whether something is known against it; called by scripts/sbom and
scripts/audit. Reads the lock files alone: requirements/*.txt and web_client/package-lock.json.

    supply.py sbom                    CycloneDX 1.6 as JSON on standard output, the same each time
    supply.py locked                  all Python packages that are locked, each once, for pip-audit
    supply.py verdict PIP NPM         judge what pip-audit and npm audit wrote into these files
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
NPM_LOCK = ROOT / "web_client/package-lock.json"
ACCEPTED = ROOT / "requirements/accepted.txt"
_LINE = re.compile(r"^(?P<name>[A-Za-z0-9][\w.-]*)(?:\[[^]]*\])?==(?P<version>[^\s;\\]+)", re.M)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_REQUIRED = "runtime.txt"
"""Of the Python locks, what is installed where vicon runs; the others build or check it."""


# --- the bill of materials ----------------------------------------------------------------------


def sbom() -> dict[str, Any]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found: dict[str, dict[str, Any]] = {}
    for part in [*_python(), *_npm()]:
        # Needed somewhere at run time is needed.
        known = found.setdefault(part["bom-ref"], part)
        if part["scope"] == "required":
            known["scope"] = "required"
    parts = [found[ref] for ref in sorted(found)]
    whole = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).digest()
    name, version = project["name"], project["version"]
    itself = _purl("pypi", name, version)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        # By what is in it: two of the same have the same number. No time is told for that reason.
        "serialNumber": f"urn:uuid:{uuid.UUID(bytes=whole[:16], version=4)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": itself,
                "name": name,
                "version": version,
                "purl": itself,
                "licenses": [{"license": {"id": project["license"]}}],
            }
        },
        "components": parts,
        "dependencies": [{"ref": itself, "dependsOn": [part["bom-ref"] for part in parts]}],
    }


def _python() -> Iterator[dict[str, Any]]:
    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        if lock == ACCEPTED:
            continue
        text = lock.read_text("utf-8")
        heads = list(_LINE.finditer(text))
        for head, after in zip(heads, [*heads[1:], None][: len(heads)], strict=True):
            body = text[head.end() : after.start() if after else None]
            name = re.sub(r"[-_.]+", "-", head["name"]).lower()
            # One for each wheel: which of them is installed hangs on the machine.
            hashes = sorted(set(_HASH.findall(body)))
            yield _part(
                "pypi", name, head["version"], [("SHA-256", one) for one in hashes],
                required=lock.name == _REQUIRED,
            )  # fmt: skip


def _npm() -> Iterator[dict[str, Any]]:
    lock = json.loads(NPM_LOCK.read_text("utf-8"))
    for place, entry in lock["packages"].items():
        if not place or entry.get("link"):
            continue
        name = entry.get("name") or place.rpartition("node_modules/")[2]
        kind, _, digest = entry.get("integrity", "").partition("-")
        hashes = [("SHA-512", base64.b64decode(digest).hex())] if kind == "sha512" else []
        part = _part("npm", name, entry["version"], hashes, required=not entry.get("dev"))
        if entry.get("license"):
            part["licenses"] = [{"expression": entry["license"]}]
        yield part


def _part(
    kind: str, name: str, version: str, hashes: list[tuple[str, str]], *, required: bool
) -> dict[str, Any]:
    purl = _purl(kind, name, version)
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
        "scope": "required" if required else "excluded",
        "hashes": [{"alg": alg, "content": content} for alg, content in hashes],
    }


def _purl(kind: str, name: str, version: str) -> str:
    return f"pkg:{kind}/{name.replace('@', '%40')}@{version.replace('+', '%2B')}"


# --- what is known against it -------------------------------------------------------------------


def accepted() -> Mapping[str, str]:
    """Ids of advisories that do not concern us, and why: `ID  # reason`."""
    lines = ACCEPTED.read_text("utf-8").splitlines() if ACCEPTED.exists() else []
    pairs = (line.partition("#") for line in lines if line.strip() and line[0] != "#")
    return {id.strip(): why.strip() for id, _, why in pairs}


def pip_findings(text: str, known: Mapping[str, str]) -> list[str] | None:
    """Of pip-audit's JSON; None: it has not been able to ask."""
    report = _json(text)
    if not isinstance(report, dict) or all(map(_unasked, report.get("dependencies", []))):
        return None
    return [
        f"{one['name']} {one['version']}: {flaw['id']}, mended in "
        f"{', '.join(flaw.get('fix_versions', [])) or 'no version yet'}"
        for one in report["dependencies"]
        for flaw in one.get("vulns", [])
        if not {flaw["id"], *flaw.get("aliases", [])} & set(known)
    ]


def _unasked(dependency: Mapping[str, Any]) -> bool:
    """pip-audit finds nothing wrong with what its service does not know, or does not answer for."""
    return "vulns" not in dependency


def unasked(text: str) -> list[str]:
    """Packages of pip-audit's report for which nobody could be asked."""
    report = _json(text)
    found = report.get("dependencies", []) if isinstance(report, dict) else []
    return [str(one["name"]) for one in found if _unasked(one)]


def npm_findings(text: str, known: Mapping[str, str]) -> list[str] | None:
    """Of npm audit's JSON; None: it has not been able to ask."""
    report = _json(text)
    if not isinstance(report, dict) or "vulnerabilities" not in report:
        return None
    found = set()
    for name, one in report["vulnerabilities"].items():
        for via in one["via"]:
            if isinstance(via, dict):
                id = str(via.get("url", "")).rpartition("/")[2] or str(via.get("source"))
                if id not in known:
                    found.add(f"{name} {one['range']}: {id} ({via['severity']}), {via['title']}")
    return sorted(found)


def verdict(pip: Path, npm: Path) -> int:
    """0: nothing is known, or it could not be asked, which is told; 1: there are findings."""
    known, bad = accepted(), False
    for name, file, judge in (("Python", pip, pip_findings), ("npm", npm, npm_findings)):
        text = file.read_text("utf-8") if file.exists() else ""
        found = judge(text, known)
        if found is None:
            why = _why(text) or _last_line(file.with_suffix(".log"))
            why = why or "no answer from its advisory service; is there a network?"
            print(f"audit of {name} packages skipped: {why}", file=sys.stderr)
            continue
        for line in found:
            print(f"audit: {line}", file=sys.stderr)
        bad |= bool(found)
        more = f"; not asked: {', '.join(left)}" if (left := unasked(text)) else ""
        print(f"audit of {name} packages: {len(found)} findings{more}", file=sys.stderr)
    return int(bad)


def _why(text: str) -> str:
    report = _json(text)
    if not isinstance(report, dict):
        return ""
    told = report.get("message") or next(
        (one["skip_reason"] for one in report.get("dependencies", []) if "skip_reason" in one), ""
    )
    return str(told).split(" - ")[0].partition("\n")[0][:200]


def _last_line(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").split("\n") if log.exists() else []
    return next((line[:200] for line in reversed(lines) if line.strip()), "")


def _json(text: str) -> Any:
    """What npm says of its own work may stand before it."""
    at = 0 if text.startswith("{") else text.find("\n{") + 1
    try:
        return json.loads(text[at:])
    except ValueError:
        return None


def main(arguments: list[str]) -> int:
    match arguments:
        case ["sbom"]:
            print(json.dumps(sbom(), indent=2, ensure_ascii=False))
            return 0
        case ["locked"]:
            print("\n".join(sorted({f"{one['name']}=={one['version']}" for one in _python()})))
            return 0
        case ["verdict", pip, npm]:
            return verdict(Path(pip), Path(npm))
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
