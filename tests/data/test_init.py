from __future__ import annotations

import subprocess
import sys

HEAVY = ["pooch", "requests", "sklearn", "scipy", "matplotlib", "PIL", "rich"]


def test_importing_the_room_brings_nothing_heavy_along() -> None:
    program = f"import sys, homespun.data; print([m for m in {HEAVY} if m in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert result.stdout.strip() == "[]"
