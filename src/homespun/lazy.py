"""Names that are imported when they are first used, so that nobody waits for what is not needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def on_first_use(package: str, module_of: Mapping[str, str]) -> Callable[[str], Any]:
    """Return what a package puts as its `__getattr__` (PEP 562).

    Args:
        package: the package's name.
        module_of: public name -> the module in the package that holds it.
    """

    def find(name: str) -> Any:
        if name not in module_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{module_of[name]}"), name)

    return find
