"""Model files and checkpoints: writing them down, and reading them back or looking into them."""

from homespun.files import parse_json
from homespun.storage.checkpoint_file import (
    load_checkpoint,
    pack_checkpoint,
    save_checkpoint,
    unpack_checkpoint,
)
from homespun.storage.model_file import inspect, load, save

__all__ = [
    "inspect",
    "load",
    "load_checkpoint",
    "pack_checkpoint",
    "parse_json",
    "save",
    "save_checkpoint",
    "unpack_checkpoint",
]
