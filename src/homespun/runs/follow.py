"""Following a run: what all ranks but the first do while that carries it out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from homespun.data import Dataset
from homespun.runs.folder import Settings
from homespun.runs.sharing import share_job
from homespun.storage import unpack_checkpoint
from homespun.training import Callback, Ranks, begin, train


def follow(
    settings: Settings,
    load: Callable[[], Dataset],
    ranks: Ranks,
    *,
    threads: int | None = None,
    callbacks: Sequence[Callback] = (),
) -> None:
    """Train along with the first rank, which calls `execute`; no file is written here.

    Args:
        settings: of the run.
        load: returns the training file; called where this is the first rank of its host.
        ranks: who trains together.
        threads: how many; the result does not depend on it.
        callbacks: look on.

    Raises:
        DivergedError: the loss or a gradient stopped being a finite number.
        RankError: another rank could not go on.
        SettingError: the settings do not fit the data, or these are not those of the first rank.
    """
    job = share_job(settings, load, ranks)
    packed: bytes | None = ranks.tell(lambda: None)  # the first rank's, where the run stands
    if packed is None:  # it had ended already
        return
    state = begin(job.plan, job.data)
    unpack_checkpoint(packed, state)
    train(
        job.plan,
        job.data,
        job.validation,
        state=state,
        threads=threads,
        ranks=ranks,
        callbacks=callbacks,
    )
