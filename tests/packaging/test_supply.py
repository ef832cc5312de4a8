"""The bill of materials, and what an audit says: of findings, of nothing, of a network that is not
there."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
Capture = pytest.CaptureFixture[str]
PURL = re.compile(r"pkg:(pypi|npm)/(%40[\w.-]+/)?[\w.-]+@[\w.+%-]+")


def _load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("supply", ROOT / "scripts/supply.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


supply = _load()


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    text = subprocess.run([ROOT / "scripts/sbom"], capture_output=True, check=True).stdout
    found: dict[str, Any] = json.loads(text)
    return found


def test_it_is_cyclonedx_and_the_same_each_time(bill: dict[str, Any]) -> None:
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    number = r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    assert re.fullmatch(number, bill["serialNumber"])
    assert bill == supply.sbom()
    refs = [part["bom-ref"] for part in bill["components"]]
    assert refs == sorted(set(refs))
    assert bill["dependencies"][0]["dependsOn"] == refs
    for part in bill["components"]:
        assert PURL.fullmatch(part["purl"]), part
        assert part["scope"] in ("required", "excluded")
        assert part["hashes"], part
        for one in part["hashes"]:
            assert len(one["content"]) == {"SHA-256": 64, "SHA-512": 128}[one["alg"]]


def test_all_that_is_locked_is_in_it(bill: dict[str, Any]) -> None:
    scopes = {part["purl"]: part["scope"] for part in bill["components"]}
    for lock in (ROOT / "requirements").glob("*.txt"):
        for name, version in re.findall(r"^([\w.-]+)==([^\s;\\]+)", lock.read_text(), re.M):
            purl = f"pkg:pypi/{re.sub(r'[-_.]+', '-', name).lower()}@{version}"
            assert purl in scopes
            if lock.name == "runtime.txt":
                assert scopes[purl] == "required"
    lock = json.loads((ROOT / "web_client/package-lock.json").read_text("utf-8"))
    names = {purl.partition("/")[2].rpartition("@")[0] for purl in scopes if ":npm/" in purl}
    for place in lock["packages"]:
        if place:
            assert place.rpartition("node_modules/")[2].replace("@", "%40") in names
    assert any(":npm/preact@" in purl for purl in scopes)
    assert scopes[next(p for p in scopes if ":pypi/pytest@" in p)] == "excluded"


def test_pip_audit_is_asked_about_each_package_once(capfd: Capture) -> None:
    assert supply.main(["locked"]) == 0
    names = [line.partition("==")[0] for line in capfd.readouterr().out.split()]
    assert len(names) == len(set(names))
    assert {"aiohttp", "pytest", "hatchling", "pip-audit"} <= set(names)


PIP = {
    "dependencies": [
        {"name": "a", "version": "1", "vulns": []},
        {
            "name": "b",
            "version": "2",
            "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["3"]}],
        },
    ]
}
NPM = {
    "vulnerabilities": {
        "vite": {
            "range": "<9",
            "via": [
                "rollup",
                {"title": "reads files", "severity": "high", "url": "x/GHSA-1", "source": 1},
            ],
        }
    }
}
UNASKED = {"dependencies": [{"name": "a", "skip_reason": "Dependency not found"}]}
REFUSED = {"message": "405 Method Not Allowed - POST x", "statusCode": 405}


def judged(tmp_path: Path, pip: object, npm: object, capfd: Capture) -> tuple[int, str]:
    files = tmp_path / "pip.json", tmp_path / "npm.json"
    for file, report in zip(files, (pip, npm), strict=True):
        if report is not None:
            file.write_text(report if isinstance(report, str) else json.dumps(report), "utf-8")
    code = supply.main(["verdict", *map(str, files)])
    return code, capfd.readouterr().err


def test_a_finding_fails_and_is_named(tmp_path: Path, capfd: Capture) -> None:
    code, said = judged(tmp_path, PIP, f"added 21 packages in 7s\n{json.dumps(NPM)}", capfd)
    assert code == 1
    assert "b 2: PYSEC-1, mended in 3" in said
    assert "vite <9: GHSA-1 (high), reads files" in said


def test_nothing_found_is_told(tmp_path: Path, capfd: Capture) -> None:
    clean = {"dependencies": PIP["dependencies"][:1]}
    assert judged(tmp_path, clean, {"vulnerabilities": {}}, capfd) == (
        0,
        "audit of Python packages: 0 findings\naudit of npm packages: 0 findings\n",
    )


@pytest.mark.parametrize(
    ("pip", "npm", "why"),
    [
        (None, None, "is there a network?"),
        (UNASKED, REFUSED, "Dependency not found"),
        ("no JSON", REFUSED, "405 Method Not Allowed"),
        ({"dependencies": []}, {"error": 1}, "is there a network?"),
    ],
)
def test_what_could_not_be_asked_is_skipped_with_the_reason(
    tmp_path: Path, capfd: Capture, pip: object, npm: object, why: str
) -> None:
    code, said = judged(tmp_path, pip, npm, capfd)
    assert code == 0
    assert said.count("skipped: ") == 2
    assert why in said
    assert "findings" not in said


def test_what_was_asked_only_in_part_says_so(tmp_path: Path, capfd: Capture) -> None:
    both = {"dependencies": PIP["dependencies"][:1] + UNASKED["dependencies"]}
    code, said = judged(tmp_path, both, {"vulnerabilities": {}}, capfd)
    assert code == 0
    assert "0 findings; not asked: a" in said


def test_an_accepted_advisory_is_no_finding(
    tmp_path: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted = tmp_path / "accepted.txt"
    accepted.write_text("# why not\nCVE-1  # only on Windows\nGHSA-1  # build tool\n", "utf-8")
    monkeypatch.setattr(supply, "ACCEPTED", accepted)
    code, said = judged(tmp_path, PIP, NPM, capfd)
    assert code == 0, said


def test_wrong_use_is_told() -> None:
    done = subprocess.run([sys.executable, ROOT / "scripts/supply.py"], capture_output=True)
    assert done.returncode == 2
