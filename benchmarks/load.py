"""The server under load, written to benchmarks/serving.md beside this file; `make load` runs it.

A server process of its own on loopback, with clients on the same machine, which take their share of
its cores. Each row is bounded in time; all take about nine minutes, with --quick half a minute.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import platform
import statistics
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from homespun.serve.settings import Settings
from load_clients import drain, endless, slow
from load_pictures import large_photos, small_pictures
from load_server import ENGINES, Running, running
from load_wrk import Load, load, missing

RESULTS = Path(__file__).with_name("serving.md")
PACKAGES = ("homespun", "numpy", "fastapi", "uvicorn", "h11", "onnxruntime")
CLIENTS = (1, 8, 64)
STAGES = ("decode", "prepare", "network")
N_ENDLESS = 50
TIMES_CAPACITY = 5
MOST_PAUSE = 2.0
"""Mean seconds between requests of one client: connections at rest are closed after 5 s."""
QUEUE = Settings(Path()).queue


@dataclass(frozen=True)
class Kind:
    """What is sent."""

    name: str
    media_type: str
    bodies: Sequence[bytes]


@dataclass(frozen=True)
class Effort:
    """How much is done.

    Attributes:
        seconds: of each load.
        slow_clients: how many there are.
        every: seconds between two bytes of a slow client.
        deadlines: the server's settings for slow clients; none: as `homespun serve` has them.
        turns: how often good clients are looked at alone and beside slow ones.
        crowd: clients that ask for more than there is.
        drains: how often a server is stopped.
    """

    seconds: int = 10
    slow_clients: int = 200
    every: float = 5.0
    deadlines: Mapping[str, float] | None = None
    turns: int = 3
    crowd: int = 400
    drains: int = 20


QUICK = Effort(
    seconds=1,
    slow_clients=20,
    every=0.2,
    deadlines={"header_deadline": 1.0, "body_deadline": 2.0},
    turns=1,
    crowd=80,
    drains=2,
)


def throughput(engine: str, kind: Kind, effort: Effort) -> list[str]:
    """Return rows of the table: one for each number of clients."""
    rows = []
    with running(engine) as server:
        _warm_up(server, kind)
        for clients in CLIENTS:
            found = _load(server, kind, clients, effort.seconds)
            rows.append(
                f"| {kind.name} | {engine} | {clients} | {found.rate:,.1f} "
                f"| {1000 * found.p50:,.1f} | {1000 * found.p99:,.1f} | {_others(found)} |"
            )
            print(rows[-1], flush=True)
    return rows


def shares(engine: str, kind: Kind, effort: Effort) -> str:
    """Return a row: what of a request's time goes where, with one client."""
    with running(engine) as server:
        _warm_up(server, kind)
        before = server.metrics()
        _load(server, kind, 1, effort.seconds)
        server.settle()  # the last request goes on when its client has left
        after = server.metrics()

    def spent(name: str) -> float:
        return after.get(name, 0.0) - before.get(name, 0.0)

    whole = spent("homespun_request_seconds_sum|/api/predict")
    n = spent("homespun_request_seconds_count|/api/predict")
    if not n:
        return f"| {kind.name} | {engine} | no answer in {effort.seconds} s | | | | | |"
    cpu = spent("process_cpu_seconds_total")
    stages = [spent(f"homespun_stage_seconds_sum|{stage}") for stage in STAGES]
    cells = [f"{seconds / whole:.1%}" for seconds in (*stages, whole - sum(stages))]
    cells = [f"{1000 * seconds / n:,.2f}" for seconds in (whole, cpu)] + cells
    return f"| {kind.name} | {engine} | {' | '.join(cells)} |"


def overload(kind: Kind, effort: Effort) -> list[str]:
    """Return rows: good answers at capacity, and when five times as much is asked for.

    Capacity is what 8 clients get: the mean of before and after, since machines are noisy.
    """
    with running() as server:
        _warm_up(server, kind)
        capacity = _load(server, kind, 8, effort.seconds)
        # Those in the queue and with the workers do not ask; all others pause and ask again.
        served = QUEUE + (os.cpu_count() or 1)
        asked = TIMES_CAPACITY * max(capacity.rate, 1.0)
        asking = min(effort.crowd - served, math.ceil(asked * MOST_PAUSE))
        pause = asking / asked
        over = _load(server, kind, served + asking, effort.seconds + round(2 * pause), pause)
        server.settle()
        again = _load(server, kind, 8, effort.seconds)
    base = max((capacity.rate + again.rate) / 2, 1e-9)
    return [
        f"| {kind.name}, {what} | {found.offered:,.1f} | {found.rate:,.1f} "
        f"| {found.rate / base:.0%} | {found.busy:,} | {found.other:,} "
        f"| {found.lost:,} |"
        for what, found in {
            "8 clients": capacity,
            f"{served + asking} clients": over,
            "8 clients again": again,
        }.items()
    ]


def slow_clients(kind: Kind, effort: Effort) -> list[str]:
    """Return rows: good clients alone and beside slow ones, in turns."""
    alone, beside, times = [], [], []
    with running(**(effort.deadlines or {})) as server, ThreadPoolExecutor(1) as pool:
        _warm_up(server, kind)
        for _ in range(effort.turns):
            alone.append(_load(server, kind, 8, effort.seconds))
            cut = pool.submit(asyncio.run, slow(server.port, effort.slow_clients, effort.every))
            beside.append(_load(server, kind, 8, effort.seconds))
            times += cut.result()
    ended = [seconds for seconds in times if seconds is not None]
    heads, bodies = (times[number::2] for number in (1, 0))
    rows = [
        f"| {what}, turn {turn + 1} | {found.rate:,.1f} | {1000 * found.p50:,.1f} "
        f"| {1000 * found.p99:,.1f} | {_others(found)} |"
        for turn in range(effort.turns)
        for what, found in (
            ("alone", alone[turn]),
            (f"beside {effort.slow_clients} slow ones", beside[turn]),
        )
    ]
    p99 = [statistics.median(found.p99 for found in side) for side in (alone, beside)]
    return [
        f"{len(ended)} of {len(times)} slow connections were cut: the {len(heads)} that never sent "
        f"a whole head after {_span(heads)} s, the {len(bodies)} with a body that does not come "
        f"after {_span(bodies)} s.",
        "",
        "| 8 good clients | requests/s | p50, ms | p99, ms | other answers |",
        "|---|---|---|---|---|",
        *rows,
        "",
        f"Beside slow clients the median of p99 is {p99[1] / p99[0] - 1:+.0%} of that alone.",
    ]


def endless_uploads(effort: Effort) -> list[str]:
    """Return what the server held while clients sent without end."""
    with running() as server:
        before = server.memory()
        found = asyncio.run(endless(server.port, N_ENDLESS, 2 * effort.seconds, server.memory))
    third = max(1, len(found.memory) // 3)
    first, last = max(found.memory[:third]), max(found.memory[-third:])
    statuses = ", ".join(map(str, sorted(found.statuses)))
    return [
        f"{N_ENDLESS} clients that send bodies without end, again and again: {found.cut} "
        f"uploads, all cut (statuses that came through: {statuses}); at most "
        f"{found.most / 2**20:.1f} MiB had left a client, with what both ends' sockets hold.",
        f"The server held {before / 2**20:,.0f} MiB before, at most {first / 2**20:,.0f} MiB in "
        f"the first third of the time and {last / 2**20:,.0f} MiB in the last.",
    ]


def drains(kind: Kind, effort: Effort) -> str:
    """Return what became of requests when servers were stopped under load."""
    found, statuses = [], []
    for _ in range(effort.drains):
        with running() as server:
            found.append(
                asyncio.run(drain(server.port, kind.bodies, kind.media_type, 16, 1.0, server.end))
            )
            statuses.append(server.process.wait(timeout=90))
    return (
        f"SIGTERM {effort.drains} times, each with 16 clients that ask without a pause "
        f"({kind.name}): {sum(one.under_way for one in found)} requests were under way and were "
        f"answered, {sum(one.lost for one in found)} were lost; {sum(one.late for one in found)} "
        f"sent after it were answered, too. Exit statuses: {sorted(set(statuses))}."
    )


def _warm_up(server: Running, kind: Kind) -> None:
    server.settle()
    _load(server, kind, 2, 1)
    server.settle()


def _load(server: Running, kind: Kind, clients: int, seconds: int, pause: float = 0.0) -> Load:
    return load(
        f"{server.address}api/predict", kind.bodies, kind.media_type, clients, seconds, pause
    )


def _others(found: Load) -> str:
    """Return what came besides good answers, in words."""
    counts = {"503": found.busy, "another status": found.other, "none": found.lost}
    return ", ".join(f"{name}: {count:,}" for name, count in counts.items() if count) or "0"


def _span(times: Sequence[float | None]) -> str:
    known = [seconds for seconds in times if seconds is not None]
    return f"{min(known):.1f} to {max(known):.1f}" if known else "never"


def _page(kinds: Sequence[Kind], effort: Effort) -> list[str]:
    """Do everything; return the page's lines."""
    sizes = "; ".join(
        f"{kind.name}: {sum(map(len, kind.bodies)) / len(kind.bodies) / 1000:,.1f} kB on average"
        for kind in kinds
    )
    small = kinds[0]
    return [
        "# The server under load: results of `make load`",
        "",
        "A server process with the settings of `homespun serve`, the packaged model, and clients "
        "on the same machine, over loopback; clients take their share of the cores. Load is wrk's: "
        "each connection sends its next request when it has its answer. "
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; "
        f"{', '.join(f'{name} {version(name)}' for name in PACKAGES)}. {sizes}.",
        "",
        "## Requests a second, and how long they take",
        "",
        f"{effort.seconds} s each. In the rows of onnxruntime the same server asks the same model "
        "through it (one thread for each of the server's workers, as with homespun).",
        "",
        "| what | engine | clients | requests/s | p50, ms | p99, ms | other answers |",
        "|---|---|---|---|---|---|---|",
        *(row for kind in kinds for engine in ENGINES for row in throughput(engine, kind, effort)),
        "",
        "## Where the time goes",
        "",
        "Shares of the time from a request's head to its answer's last byte, with one client. The "
        "rest is HTTP, waiting for a worker, and JSON. Besides, the time of a core that a request "
        "takes, the event loop's share included.",
        "",
        "| what | engine | ms in all | ms of a core | decode | preparation | network | the rest |",
        "|---|---|---|---|---|---|---|---|",
        *(shares(engine, kind, effort) for kind in kinds for engine in ENGINES),
        "",
        f"## Overload: {TIMES_CAPACITY} times as much as it can",
        "",
        "| what | asked a second | good answers/s | of capacity | 503 | other statuses | lost |",
        "|---|---|---|---|---|---|---|",
        *(row for kind in kinds for row in overload(kind, effort)),
        "",
        "## Slow clients",
        "",
        *slow_clients(small, effort),
        "",
        "## Uploads without end",
        "",
        *endless_uploads(effort),
        "",
        "## Stopping",
        "",
        drains(small, effort),
        "",
    ]


def main() -> int:
    """Measure, and write it down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a moment each; writes nothing")
    arguments = parser.parse_args()
    if problem := missing():
        print(problem, file=sys.stderr)
        return 2
    kinds = (
        Kind("PNG, 28 x 28", "image/png", small_pictures()),
        Kind("JPEG, 2 megapixels", "image/jpeg", large_photos()),
    )
    page = "\n".join(_page(kinds, QUICK if arguments.quick else Effort()))
    print(page)
    if not arguments.quick:
        RESULTS.write_text(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
