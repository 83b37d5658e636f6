"""Optuna, asked for in one place: it is an optional library, and only a search needs it."""

from __future__ import annotations

from homespun.errors import MissingExtraError

try:
    import optuna
    from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock
except ImportError as error:
    raise MissingExtraError("optuna", "tune", "homespun tune") from error

optuna.logging.set_verbosity(optuna.logging.ERROR)  # what there is to say, homespun says

__all__ = ["JournalFileBackend", "JournalFileOpenLock", "optuna"]
