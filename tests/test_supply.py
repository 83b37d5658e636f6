"""What is installed is what was locked: every version is named, and every file by its hash."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = tuple(
    ROOT / folder / "constraints.txt" for folder in ("", "benchmarks", "deploy", "supply")
)


def locked(path: Path) -> Iterator[tuple[Requirement, list[str]]]:
    """Yield each requirement of a lock, and its hashes."""
    text = path.read_text().replace("\\\n", " ")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            requirement, *hashes = line.split("--hash=")
            yield Requirement(requirement), [each.strip() for each in hashes]


def wanted(path: Path) -> list[Requirement]:
    """Return what pyproject.toml asks for in the environment that the lock is for."""
    project, groups = PYPROJECT["project"], PYPROJECT["dependency-groups"]
    ours = [*project["dependencies"], *PYPROJECT["build-system"]["requires"]]
    extras = project["optional-dependencies"]
    lines = {
        ROOT.name: [*ours, *(line for extra in extras.values() for line in extra)],
        "benchmarks": [*ours, *extras["plot"], *groups["bench"]],
        "deploy": [*ours, *extras["serve"], *groups["deploy"]],
        "supply": groups["supply"],
    }
    return [Requirement(line) for line in lines[path.parent.name]]


def versions(path: Path) -> dict[str, str]:
    found = {}
    for requirement, _hashes in locked(path):
        (specifier,) = requirement.specifier
        found[canonicalize_name(requirement.name)] = specifier.version
    return found


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.parent.name)
def test_every_locked_version_is_exact_and_hashed(path: Path) -> None:
    requirements = list(locked(path))
    assert len(requirements) > 20
    for requirement, hashes in requirements:
        assert re.fullmatch(r"==[^=*,]+", str(requirement.specifier)), requirement
        assert requirement.url is None
        assert hashes, requirement
        for each in hashes:
            assert re.fullmatch(r"sha256:[0-9a-f]{64}", each), requirement


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.parent.name)
def test_all_that_is_asked_for_is_locked_at_a_version_that_will_do(path: Path) -> None:
    there = versions(path)
    for requirement in wanted(path):
        name = canonicalize_name(requirement.name)
        if name != "homespun":
            assert name in there, f"{name} is not locked: make lock"
            assert requirement.specifier.contains(there[name]), requirement


def test_what_is_compared_runs_on_the_versions_that_are_tested() -> None:
    tested, compared = versions(LOCKS[0]), versions(LOCKS[1])
    both = tested.keys() & compared.keys()
    assert "numpy" in both
    assert {name: tested[name] for name in both} == {name: compared[name] for name in both}
    assert "torch" not in tested.keys() | compared.keys(), "each machine has another build"


def test_a_container_holds_what_was_tested_and_no_tools_for_it() -> None:
    tested, held = (
        {requirement.name: sorted(hashes) for requirement, hashes in locked(ROOT / path)}
        for path in ("constraints.txt", "deploy/constraints.txt")
    )
    assert held == {name: tested[name] for name in held}
    assert not held.keys() & {"pytest", "matplotlib", "ray", "onnx", "torch"}


def test_locks_name_no_place_that_files_come_from() -> None:
    for path in LOCKS:
        assert "://" not in path.read_text()
        assert "index-url" not in path.read_text()


def test_installing_checks_hashes_and_runs_no_code_of_others() -> None:
    (command,) = re.findall(r"(?m)^LOCKED := (.*)$", (ROOT / "Makefile").read_text())
    for option in ("--require-hashes", "--no-deps", "--only-binary :all:"):
        assert option in command


@pytest.fixture
def audit(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT / "supply"))
    import audit

    return audit


def answer(**dependencies: list[dict[str, Any]] | None) -> str:
    """Return what pip-audit writes; None is a version that the service does not know."""
    return json.dumps(
        {
            "dependencies": [
                {"name": name, "skip_reason": "not found"}
                if vulnerabilities is None
                else {"name": name, "version": "1.0", "vulns": vulnerabilities}
                for name, vulnerabilities in dependencies.items()
            ],
            "fixes": [],
        }
    )


FAULT = {"id": "CVE-1", "fix_versions": ["1.1", "2.0"], "aliases": [], "description": "bad"}


@pytest.mark.parametrize(
    ("outputs", "status", "told"),
    [
        ([answer(a=[], b=[])], 0, "lock: 2 versions, none known to be vulnerable (asked one)"),
        ([answer(a=[FAULT], b=None)], 1, "lock: a 1.0: CVE-1 (mended in 1.1, 2.0)"),
        (
            [answer(a=None, b=None), answer(a=[], b=[])],
            0,
            "lock: 2 versions, none known to be vulnerable (asked two)",
        ),
        ([answer(a=[], b=None)], 2, "lock: NOT audited in full, nothing is known of b"),
        (
            [answer(a=None, b=None), "Traceback"],
            2,
            "lock: NOT audited, no vulnerability service answered (one knows none of the 2 "
            "versions; two cannot be reached)",
        ),
        ([""], 2, "lock: NOT audited, no vulnerability service answered (one cannot be reached)"),
        (["[]"], 2, "lock: NOT audited, no vulnerability service answered (one cannot be reached)"),
    ],
)  # fmt: skip
def test_only_a_full_answer_is_a_good_one(
    audit: Any, outputs: list[str], status: int, told: str
) -> None:
    answers = [
        audit.read_answer(service, output, "requests.exceptions.ConnectionError: no such host")
        for service, output in zip(("one", "two"), outputs, strict=False)
    ]
    assert audit.verdict("lock", answers) == (status, [told])


def test_the_worst_of_the_locks_counts(
    audit: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = {"constraints.txt": answer(a=None), "supply": answer(b=[FAULT])}

    def ask(service: str, lock: Path) -> Any:
        name = lock.name if lock.parent == audit.ROOT else lock.parent.name
        return audit.read_answer(service, outputs[name], "")

    monkeypatch.setattr(audit, "LOCKS", (audit.LOCKS[0], audit.LOCKS[-1]))
    monkeypatch.setattr(audit, "ask", ask)
    assert audit.main() == 1
    assert "NOT audited" in capsys.readouterr().out
    outputs["supply"] = answer(b=[])
    assert audit.main() == 2
    outputs["constraints.txt"] = answer(a=[])
    assert audit.main() == 0
    assert sys.executable == audit._COMMAND[0]
