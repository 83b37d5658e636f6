"""A Ray cluster of two nodes on this machine, one of which can be taken away.

It prints its address. A line that it is sent takes the second node away, and it prints how many
actors of the catalogue were there. It ends when its input ends.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ray.cluster_utils import Cluster

NODE = {
    "num_cpus": 2,
    "object_store_memory": 100 * 2**20,
    "include_dashboard": False,
    "include_log_monitor": False,
    "no_monitor": True,  # nobody needs the autoscaler
}


def actors_under(raylet: int) -> int:
    """Return how many actors that hold a model a node's process has started."""
    names = [
        Path(f"/proc/{pid}/cmdline").read_bytes()
        for pid in Path(f"/proc/{raylet}/task/{raylet}/children").read_text().split()
    ]
    return sum(b"MapWorker" in name for name in names)


def main() -> None:
    """Serve until the input ends."""
    cluster = Cluster(
        initialize_head=True,
        head_node_args=NODE | {"temp_dir": sys.argv[1]} if sys.argv[1:] else NODE,
    )
    try:
        node = cluster.add_node(**NODE)
        print(cluster.address, flush=True)
        if sys.stdin.readline():
            (raylet,) = node.all_processes["raylet"]
            n = actors_under(raylet.process.pid)
            cluster.remove_node(node, allow_graceful=False)
            print(n, flush=True)
            sys.stdin.read()
    finally:
        cluster.shutdown()


if __name__ == "__main__":
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_worker_niceness": "0"}
    main()
