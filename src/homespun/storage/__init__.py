"""Model files: writing a trained model down, and reading it back or looking into it."""

from homespun.storage.model_file import inspect, load, save
from homespun.storage.strict_json import parse_json

__all__ = ["inspect", "load", "parse_json", "save"]
