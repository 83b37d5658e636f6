"""Ask whether a locked version has a known vulnerability; "nobody answered" is no good answer.

pip-audit asks, first one service and then another, and counts a version of which a service knows
nothing as passed over, with a good exit status. Here that is a failure.

Exit status: 0 all were asked about and none is known to be vulnerable; 1 some are; 2 of some, or of
all, nothing could be learnt.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCKS = tuple(
    ROOT / folder / "constraints.txt" for folder in ("", "benchmarks", "deploy", "supply")
)
SERVICES = ("pypi", "osv")
"""Services by pip-audit's names, in the order in which they are asked."""

_COMMAND = (
    sys.executable, "-m", "pip_audit", "--require-hashes", "--disable-pip", "--format", "json",
    "--progress-spinner", "off",
)  # fmt: skip


@dataclass
class Answer:
    """What one service said of one lock.

    Attributes:
        service: its name.
        known: the versions that it knows.
        unknown: names of those of which it said nothing.
        vulnerable: a line for each known vulnerability.
        problem: why there is no answer at all, or "".
    """

    service: str
    known: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    vulnerable: list[str] = field(default_factory=list)
    problem: str = ""


def ask(service: str, lock: Path) -> Answer:
    """Let pip-audit ask the service about each version in the lock."""
    command = [*_COMMAND, "--vulnerability-service", service, "--requirement", str(lock)]
    done = subprocess.run(command, capture_output=True, text=True)
    return read_answer(service, done.stdout, done.stderr)


def read_answer(service: str, output: str, talk: str) -> Answer:
    """Return what pip-audit's output says."""
    answer = Answer(service)
    try:
        found = json.loads(output)["dependencies"]
    except (KeyError, TypeError, ValueError):
        answer.problem = "cannot be reached" if "ConnectionError" in talk else _last_line(talk)
        return answer
    for item in found:
        if "skip_reason" in item:
            answer.unknown.add(item["name"])
            continue
        answer.known.add(item["name"])
        for each in item["vulns"]:
            mended = ", ".join(each["fix_versions"]) or "no version yet"
            answer.vulnerable.append(
                f"{item['name']} {item['version']}: {each['id']} (mended in {mended})"
            )
    if not answer.known:
        answer.problem = f"knows none of the {len(answer.unknown)} versions"
    return answer


def verdict(lock: str, answers: Sequence[Answer]) -> tuple[int, list[str]]:
    """Return the exit status and what to print about one lock."""
    vulnerable = sorted({line for answer in answers for line in answer.vulnerable})
    if vulnerable:
        return 1, [f"{lock}: {line}" for line in vulnerable]
    known = set().union(*(answer.known for answer in answers))
    if not known:
        told = "; ".join(f"{answer.service} {answer.problem}" for answer in answers)
        return 2, [f"{lock}: NOT audited, no vulnerability service answered ({told})"]
    unknown = set().union(*(answer.unknown for answer in answers)) - known
    if unknown:
        return 2, [f"{lock}: NOT audited in full, nothing is known of {', '.join(sorted(unknown))}"]
    services = ", ".join(answer.service for answer in answers if answer.known)
    return 0, [f"{lock}: {len(known)} versions, none known to be vulnerable (asked {services})"]


def main() -> int:
    """Print the verdict on each lock; return the worst exit status."""
    worst = 0
    for lock in LOCKS:
        answers: list[Answer] = []
        for service in SERVICES:
            answers.append(ask(service, lock))
            status, lines = verdict(lock.relative_to(ROOT).as_posix(), answers)
            if status != 2:  # the next one may know more
                break
        print("\n".join(lines))
        worst = max(worst, status) if 1 not in (worst, status) else 1
    return worst


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["gave no answer"])[-1]


if __name__ == "__main__":
    sys.exit(main())
