"""What network training over ranks wants: time a step in communication, from bytes and latencies.

Plain arithmetic on measured figures, with its assumptions in the open.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

NODES = (8, 64)
CORES = 16
"""Cores of an assumed node, each with one shard of every batch."""


@dataclass(frozen=True)
class Network:
    """An assumed network.

    Attributes:
        name: what it is called.
        bandwidth: bytes a second that a node sends and receives at once.
        latency: seconds until a short message is there.
    """

    name: str
    bandwidth: float
    latency: float


NETWORKS = (
    Network("1 Gb/s Ethernet", 0.11e9, 50e-6),
    Network("10 Gb/s Ethernet", 1.1e9, 30e-6),
    Network("100 Gb/s InfiniBand", 11e9, 2e-6),
)


def bytes_a_step(vector_bytes: int, n: int) -> float:
    """Return what each of `n` nodes sends: pieces of its sum, then its piece of all sums."""
    return 2 * vector_bytes * (n - 1) / n


def messages_a_step(n: int) -> int:
    """Return how many messages follow one another in a step.

    A piece goes to each other node, and one comes from each; losses, two roll calls and their like
    (four exchanges) go by doubling.
    """
    return 2 * (n - 1) + 4 * math.ceil(math.log2(n))


def seconds_a_step(network: Network, vector_bytes: int, n: int) -> float:
    """Return the time a step in communication on `n` nodes."""
    sent = bytes_a_step(vector_bytes, n) / network.bandwidth
    return sent + messages_a_step(n) * network.latency


@dataclass(frozen=True)
class Job:
    """What a recipe asks of a network.

    Attributes:
        recipe: its name.
        vector_bytes: bytes of one vector of gradients.
        shard_seconds: how long one core takes for one shard, forward and back.
    """

    recipe: str
    vector_bytes: int
    shard_seconds: float


def table(jobs: list[Job]) -> str:
    """Return the table, with what it assumes."""
    rows = []
    for job in jobs:
        for n in NODES:
            sent = bytes_a_step(job.vector_bytes, n)
            cells = [_cell(job, network, n) for network in NETWORKS]
            rows.append(
                f"| {job.recipe} | {n} | {sent / 1e3:,.0f} kB | {1e3 * job.shard_seconds:.1f} ms | "
                + " | ".join(cells)
                + " |"
            )
    names = " | ".join(network.name for network in NETWORKS)
    return "\n".join(
        [
            f"| recipe | nodes | a node sends a step | computing a step | {names} |",
            "|---|---|---|---|" + "---|" * len(NETWORKS),
            *rows,
            "",
            *_assumptions(),
        ]
    )


def _cell(job: Job, network: Network, n: int) -> str:
    seconds = seconds_a_step(network, job.vector_bytes, n)
    share = job.shard_seconds / (job.shard_seconds + seconds)
    return f"{1e3 * seconds:.2f} ms ({share:.0%})"


def _assumptions() -> list[str]:
    networks = "; ".join(
        f"{network.name}: {network.bandwidth / 1e9:g} GB/s each way, "
        f"{1e6 * network.latency:g} µs a message"
        for network in NETWORKS
    )
    return [
        "Each cell: time a step in communication, and the efficiency that is left. Measured: the",
        "bytes of a vector of gradients, and how long one core of the machine in",
        "benchmarks/scale.md takes for one shard. Assumed: one rank a node; as many such cores on",
        f"each as shards of each batch, {CORES}, so that batches grow with the number of nodes;",
        "all cores take equally long; nothing is computed while gradients travel; 2(n - 1)",
        "messages with pieces and 4 log2 n short ones follow one another; networks otherwise idle",
        f"({networks}).",
    ]
