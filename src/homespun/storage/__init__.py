"""Model files and checkpoints: writing them down, and reading them back or looking into them."""

from homespun.storage.checkpoint_file import load_checkpoint, save_checkpoint
from homespun.storage.model_file import inspect, load, save
from homespun.storage.strict_json import parse_json

__all__ = ["inspect", "load", "load_checkpoint", "parse_json", "save", "save_checkpoint"]
