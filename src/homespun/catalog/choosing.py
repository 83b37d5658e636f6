"""Which engine is meant, by its name or by an address."""

from __future__ import annotations

from homespun.catalog.engine import Engine
from homespun.catalog.local import Local
from homespun.errors import SettingError

ENGINES = ("local", "ray")


def choose_engine(name: str | None, workers: int | None, ray_address: str | None) -> Engine:
    """Return the engine that is meant: `local`, or `ray` where it is named or has an address.

    Args:
        name: `local` or `ray`; None: as the address says.
        workers: how many processes; None: one for each core, of Ray's where it is Ray.
        ray_address: where a Ray cluster is; None: nowhere.

    Raises:
        SettingError: there is no such engine, or an address and another engine than Ray.
        MissingExtraError: Ray is not installed.
    """
    if name is not None and name not in ENGINES:
        raise SettingError(f"--engine {name}: there are {' and '.join(ENGINES)}")
    if name == "local" and ray_address is not None:
        raise SettingError("--engine local needs no --ray-address; leave one of them away")
    if name == "ray" or (name is None and ray_address is not None):
        from homespun.catalog.on_ray import OnRay  # optional

        return OnRay(workers, ray_address)
    return Local(workers)
