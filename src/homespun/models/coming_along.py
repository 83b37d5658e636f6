"""Where the model lies that comes with the package."""

from __future__ import annotations

from importlib import resources
from pathlib import Path


def packaged_model() -> Path | None:
    """Return the file of the model that comes with the package, or None if none does."""
    path = Path(str(resources.files("homespun.models.packaged") / "model.safetensors"))
    return path if path.is_file() else None
