"""How many threads a fit may use: all cores alone, one where joblib's workers have them already."""

from __future__ import annotations

from joblib import effective_n_jobs
from joblib.parallel import get_active_backend


def threads_for(n_jobs: int | None) -> int | None:
    """Return how many threads `n_jobs` stands for; None is one a core.

    The result of a fit does not depend on it.
    """
    if n_jobs is not None:
        return int(effective_n_jobs(n_jobs))
    backend, _ = get_active_backend()
    return 1 if backend.nesting_level else None
