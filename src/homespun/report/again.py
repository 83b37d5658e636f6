"""How to make exactly this run again: the command that it came from."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from homespun.models.knobs import as_text

_OPTIONS = ("recipe", "seed", "epochs", "validation", "image_size")


def command_again(settings: Mapping[str, Any]) -> str:
    """Return the command line of a run with these settings, as run.json holds them.

    Of a folder of pictures only the name is told: the page may be given away, and where it lies on
    one's machine is nobody's business.
    """
    words = ["homespun", "train"]
    if settings.get("folder") is not None:
        words.append(Path(settings["folder"]).name)
    for name in _OPTIONS:
        if settings.get(name) is not None:
            words += [f"--{name.replace('_', '-')}", str(settings[name])]
    for name, value in settings.get("changes", {}).items():
        words += ["--set", f"{name}={as_text(value)}"]
    return shlex.join(words)
