"""Load from wrk, which takes little of the machine that it shares with the server.

wrk keeps so many connections busy: each sends its next request as soon as it has its answer. It is
Debian's and Ubuntu's package wrk.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TIMEOUT = 60
"""Seconds after which wrk counts a request as lost."""

_SCRIPT = """
local requests, n = {}, 0
ok, busy, other = 0, 0, 0
local threads = {}

function setup(thread) table.insert(threads, thread) end

function init(args)
  wrk.headers["Content-Type"] = "KIND"
  for i = 1, COUNT do
    local file = io.open("FOLDER/" .. i, "rb")
    requests[i] = wrk.format("POST", nil, nil, file:read("*a"))
    file:close()
  end
end

function request()
  n = n % #requests + 1
  return requests[n]
end

function response(status, headers, body)
  if status == 200 then ok = ok + 1
  elseif status == 503 then busy = busy + 1
  else other = other + 1 end
end

function done(summary, latency, requests)
  local errors = summary.errors
  local lost = errors.connect + errors.read + errors.write + errors.timeout
  local counts = {0, 0, 0}
  for _, thread in ipairs(threads) do
    counts[1] = counts[1] + thread:get("ok")
    counts[2] = counts[2] + thread:get("busy")
    counts[3] = counts[3] + thread:get("other")
  end
  io.write(string.format(
    '\\n{"seconds": %f, "ok": %d, "busy": %d, "other": %d, "lost": %d, "p50": %f, "p99": %f}\\n',
    summary.duration / 1e6, counts[1], counts[2], counts[3], lost,
    latency:percentile(50) / 1e6, latency:percentile(99) / 1e6))
end
"""

_PAUSE = """
function delay() return math.random(0, 2 * PAUSE) end
"""


@dataclass(frozen=True)
class Load:
    """What came of a load.

    Attributes:
        seconds: how long it lasted.
        ok: answers with status 200.
        busy: answers with status 503.
        other: answers with any other status.
        lost: requests without an answer.
        p50: seconds that half of all answers took at most, refusals among them.
        p99: seconds that 99 of 100 took at most.
    """

    seconds: float
    ok: int
    busy: int
    other: int
    lost: int
    p50: float
    p99: float

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return self.ok / self.seconds

    @property
    def offered(self) -> float:
        """Requests a second, whatever came of them."""
        return (self.ok + self.busy + self.other + self.lost) / self.seconds


def missing() -> str | None:
    """Return how to get wrk where it is not there."""
    if shutil.which("wrk"):
        return None
    return "wrk is not installed: apt-get install wrk (Debian, Ubuntu), or build it from its source"


def load(
    address: str,
    bodies: Sequence[bytes],
    kind: str,
    clients: int,
    seconds: int,
    pause: float = 0.0,
) -> Load:
    """Let so many clients send these bodies in turn.

    Args:
        address: where to.
        bodies: what is sent.
        kind: the media type of a body.
        clients: connections.
        seconds: for how long.
        pause: mean seconds that a client waits between an answer and its next request.
    """
    with tempfile.TemporaryDirectory() as folder:
        for number, body in enumerate(bodies, start=1):
            Path(folder, str(number)).write_bytes(body)
        script = _SCRIPT + (_PAUSE if pause else "")
        for name, value in {
            "KIND": kind,
            "COUNT": len(bodies),
            "FOLDER": folder,
            "PAUSE": round(1000 * pause),
        }.items():
            script = script.replace(name, str(value))
        path = Path(folder, "script.lua")
        path.write_text(script)
        command = [
            "wrk", "--threads", "1", "--connections", str(clients), "--duration", f"{seconds}s",
            "--timeout", f"{TIMEOUT}s", "--script", str(path), address,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Load(**json.loads(done.stdout.rstrip().rsplit("\n", 1)[1]))
