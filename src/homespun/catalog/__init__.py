"""Catalogues of millions of pictures, classified by many processes.

Names are looked up on first use: `predict_batch` needs no pyarrow, and nothing here needs Ray until
it is chosen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from homespun.lazy import on_first_use

if TYPE_CHECKING:
    from homespun.catalog.assembly import Counts
    from homespun.catalog.batch import predict_batch
    from homespun.catalog.choosing import choose_engine
    from homespun.catalog.engine import Engine, EngineError
    from homespun.catalog.make import Progress, make_catalog

_MODULE_OF = {
    "Counts": "assembly",
    "Engine": "engine",
    "EngineError": "engine",
    "Progress": "make",
    "choose_engine": "choosing",
    "make_catalog": "make",
    "predict_batch": "batch",
}

__all__ = [
    "Counts",
    "Engine",
    "EngineError",
    "Progress",
    "choose_engine",
    "make_catalog",
    "predict_batch",
]

__getattr__ = on_first_use(__name__, _MODULE_OF)
