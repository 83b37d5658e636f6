"""What only Ray's engine has to show, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("ray")

LISTENING = """
import os
from pathlib import Path
from homespun.catalog import choose_engine

def inodes(pid):
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = os.readlink(link)
        except OSError:
            continue
        if target.startswith("socket:["):
            yield target[8:-1]

def family(pid):
    yield pid
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        yield from family(child)

engine, found = choose_engine("ray", 1, None), []
with engine._cluster():
    ours = {inode for pid in family(os.getpid()) for inode in inodes(pid)}
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *rest = line.split()
            if state == "0A" and rest[5] in ours:
                found.append(local.split(":")[0])
print(*found)
"""
LOOPBACK = {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}
"""127.0.0.1, the same within IPv6, and ::1, as /proc/net has them."""


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux tells who listens")
def test_without_an_address_ray_listens_on_loopback_alone() -> None:
    for _ in range(3):  # Ray waits 30 s for a node, which a busy machine may not keep
        done = subprocess.run([sys.executable, "-c", LISTENING], capture_output=True, text=True)
        if done.returncode == 0:
            break
    assert done.returncode == 0, done.stderr
    listening = done.stdout.split()
    assert len(listening) > 3
    assert set(listening) <= LOOPBACK


def test_where_nobody_answers_one_line_says_so(
    pictures: Path, model_file: Path, tmp_path: Path
) -> None:
    command = [
        sys.executable, "-m", "homespun", "catalog", pictures, tmp_path / "c.parquet",
        "--model", model_file, "--ray-address", "nowhere",
    ]  # fmt: skip
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == "homespun: Ray at nowhere: Invalid address format: nowhere\n"
    assert not (tmp_path / "c.parquet").exists()
