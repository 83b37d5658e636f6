"""Ask a running server what its OpenAPI allows, and much that it does not: it never fails.

Requests are made by schemathesis from what the server says of itself, half of them as it says, half
of them not. Some bodies are sound pictures and tensors that were changed a little, since what is
made up of nothing is refused at the first step. A finding is a status of 500 or more, no answer in
time, or an error in the server's log. Statuses that OpenAPI does not name are findings, too.
"""

from __future__ import annotations

import argparse
import copy
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from requests.exceptions import ChunkedEncodingError
from schemathesis.generation import GenerationMode

from sample_photos import sample_photos

GOLDEN = Path(__file__).parent.parent / "tests" / "golden" / "format-1"
RUN = "a run"
TIMEOUT = 60
A_ROUND = 100
"""Cases of one operation in turn; those with little to vary have fewer."""

NAMES = {"/v2/": "packaged", "/api/runs/": RUN, "/runs/": RUN}
"""What is there to be found, by how the path begins. No name made up would ever find it."""

_FINITE = st.floats(allow_nan=False, allow_infinity=False)  # JSON has no others
_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | _FINITE | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


@dataclass
class Found:
    """What came of it.

    Attributes:
        cases: requests that were sent.
        statuses: how often each status came.
        findings: what should not be, each once, with a request that shows it.
    """

    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    findings: dict[str, str] = field(default_factory=dict)


@st.composite
def changed_pictures(draw: st.DrawFn) -> bytes:
    """Draw a sound picture, or one with some bytes changed."""
    picture = bytearray(draw(st.sampled_from(sample_photos())))
    for _ in range(draw(st.integers(0, 4))):
        picture[draw(st.integers(0, len(picture) - 1))] = draw(st.integers(0, 255))
    return bytes(picture)


@st.composite
def changed_tensors(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a sound request of the Open Inference Protocol, or one with one member replaced."""
    n = draw(st.integers(0, 2))
    tensor: dict[str, Any] = {"name": "pictures", "datatype": "UINT8", "shape": [n, 28, 28, 1]}
    tensor["data"] = [draw(st.integers(0, 255))] * (784 * n)
    request: dict[str, Any] = {"id": "1", "inputs": [tensor], "outputs": [{"name": "labels"}]}
    place: dict[str, Any] = draw(st.sampled_from([request, tensor]))
    if draw(st.booleans()):
        place[draw(st.sampled_from([*place, "parameters"]))] = copy.deepcopy(draw(_ANY))
    return request


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, Path]]:
    """Give the address of a server with all doors open, and its log."""
    runs, corrections, log = folder / "trained", folder / "corrections", folder / "log"
    corrections.mkdir()
    shutil.copytree(GOLDEN, runs / RUN)
    command = [sys.executable, "-m", "homespun", "serve", "--port", "0"]
    command += ["--runs", str(runs), "--corrections", str(corrections)]
    with (
        open(log, "wb") as stderr,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, cwd=folder) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline().decode()
            if not line:
                process.wait()
                raise SystemExit(f"the server did not start: {log.read_text()}")
            yield line.split()[-1], log
        finally:
            process.terminate()


def ask(operation: Any, mode: GenerationMode, at_most: int, number: int, found: Found) -> None:
    """Send up to so many requests to one operation, and note what comes."""
    known = next((name for start, name in NAMES.items() if operation.path.startswith(start)), None)
    is_endless = operation.path.endswith("/events")  # a run that is there has events without end
    documented = {int(status) for status in operation.definition.raw["responses"]}
    with requests.Session() as session:

        @seed(number)
        @settings(
            max_examples=at_most, database=None, deadline=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
        def send(case: Any, data: st.DataObject) -> None:
            if known and not is_endless and data.draw(st.booleans()):
                case.path_parameters = {"name": known}
            if operation.path.endswith("/infer") and data.draw(st.booleans()):
                case.body = data.draw(changed_tensors())
            note(case, session, documented, found)

        with suppress(Unsatisfiable):  # there is no such request
            send()


def note(case: Any, session: requests.Session, documented: set[int], found: Found) -> None:
    """Send a request, and note its status, and whether it is a finding."""
    where = f"{case.method} {case.operation.path}"
    found.cases += 1
    try:
        status = case.call(session=session, timeout=TIMEOUT).status_code
    except (requests.ConnectionError, requests.Timeout, ChunkedEncodingError) as error:
        found.findings.setdefault(f"{where}: {type(error).__name__}", case.as_curl_command())
        return
    except requests.RequestException:  # what HTTP cannot carry was never sent
        found.cases -= 1
        return
    found.statuses[status] += 1
    if status >= 500 or status not in documented:
        found.findings.setdefault(f"{where}: {status}", case.as_curl_command())


def fuzz(address: str, n_cases: int, number: int) -> Found:
    """Ask every operation in turn until so many requests were sent."""
    schemathesis.openapi.media_type("image/*", changed_pictures())
    operations = [
        found.ok()
        for found in schemathesis.openapi.from_url(f"{address}openapi.json").get_all_operations()
    ]
    found = Found()
    while found.cases < n_cases:
        for operation in operations:
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                at_most = min(A_ROUND, n_cases - found.cases, 1 + n_cases // (2 * len(operations)))
                if at_most > 0 and _can_be(operation, mode):
                    ask(operation, mode, at_most, number, found)
                    number += 1
    return found


def _can_be(operation: Any, mode: GenerationMode) -> bool:
    """Return whether a request can differ from what is described; a path's names are any text."""
    raw: Mapping[str, Any] = operation.definition.raw
    places = {parameter["in"] for parameter in raw.get("parameters", ())}
    return mode is GenerationMode.POSITIVE or "requestBody" in raw or bool(places - {"path"})


def main() -> int:
    """Print what came; return 1 where there are findings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000, help="requests to send")
    parser.add_argument("--seed", type=int, default=0, help="other requests for another number")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore", module="schemathesis")
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as (address, log):
        found = fuzz(address, arguments.cases, arguments.seed)
        log_text = log.read_text()
        if "Traceback" in log_text:
            found.findings["an error in the server's log"] = log_text[-3000:]
    statuses = ", ".join(f"{status}: {n:,}" for status, n in sorted(found.statuses.items()))
    print(f"API: {found.cases:,} requests; {len(found.findings)} findings; statuses {statuses}")
    for finding, shown in found.findings.items():
        print(f"  {finding}\n    {shown[:1000]}")
    return int(bool(found.findings))


if __name__ == "__main__":
    sys.exit(main())
