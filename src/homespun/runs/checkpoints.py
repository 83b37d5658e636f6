"""The checkpoints of a run: when they are written, which are kept, which one is gone on from."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from homespun.errors import FileError, ModelFileError
from homespun.files import make_folder, remove_parts
from homespun.storage import load_checkpoint, save_checkpoint
from homespun.training import Callback, Progress, TrainingState

_KEPT = 2
_SHARE = 0.01
"""The share of the training time that checkpoints may take, unless asked for more often."""

_SECONDS = 30.0
_BYTES_A_SECOND = 1e8
"""How fast the first checkpoint is taken to be; after it, the last one tells."""

Say = Callable[[str], None]


class Checkpoints:
    """The checkpoint files in one folder, named by their step; the last two are kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def paths(self) -> list[Path]:
        """Return the files, the latest step first."""
        return sorted(self.folder.glob("step-*.safetensors"), reverse=True)

    def save(self, state: TrainingState) -> None:
        """Write the state down, and remove what is older than the last two.

        Raises:
            DivergedError: a number in it is not finite; the older ones are left as they were.
            FileError: it cannot be written; the older ones are left as they were.
        """
        make_folder(self.folder)
        save_checkpoint(state, self.folder / f"step-{state.weights.step:09}.safetensors")
        for path in self.paths()[_KEPT:]:
            path.unlink(missing_ok=True)

    def restore(self, state: TrainingState, say: Say) -> bool:
        """Bring `state` to the latest checkpoint that is whole; return whether there is one.

        Later ones are put aside under another name, so that they count for none any more.

        Raises:
            FileError: one of them cannot be read.
            ModelFileError: there are some, and all are damaged, or of another homespun; they are
                left as they are.
        """
        remove_parts(self.folder)
        of_no_use: list[Path] = []
        for path in self.paths():
            try:
                load_checkpoint(path, state)
            except ModelFileError as error:
                say(str(error))
                of_no_use.append(path)
            else:
                for later in of_no_use:
                    later.replace(later.with_suffix(".damaged"))
                return True
        if of_no_use:
            raise ModelFileError(
                self.folder, "holds nothing that the run can go on from; delete it to begin anew"
            )
        return False

    def remove(self) -> None:
        """Remove them all: the run has ended, and its model is kept."""
        shutil.rmtree(self.folder, ignore_errors=True)


class KeepCheckpoints(Callback):
    """Writes checkpoints of `state` while it is trained.

    One is written after each epoch and each 30 seconds, but none while checkpoints would have taken
    more than 1% of the training time; and always when the run is stopped. One that cannot be
    written is told of, and ends nothing: the next may find room, and so may the model.

    Attributes:
        cost: the seconds that they have taken.
        n_written: how many there were.
    """

    def __init__(
        self,
        checkpoints: Checkpoints,
        state: TrainingState,
        every: float | None = None,
        clock: Callable[[], float] = time.perf_counter,
        say: Say = lambda line: None,
    ) -> None:
        """Take `every` seconds instead of the limits above, where that is given; 0: each step."""
        self.cost = 0.0
        self.n_written = 0
        self._checkpoints = checkpoints
        self._state = state
        self._every = every
        self._clock = clock
        self._say = say
        self._has_failed = False
        self._step = state.weights.step
        self._last = 0.0
        self._last_cost = _size(state) / _BYTES_A_SECOND

    def on_train_begin(self, progress: Progress) -> None:
        """Count the seconds from where the run goes on."""
        self._first = self._last = progress.seconds

    def on_step_end(self, progress: Progress) -> None:
        """Write one if it is time, or if the run is stopped here."""
        every = _SECONDS if self._every is None else self._every
        is_due = progress.seconds - self._last >= every
        if progress.stopped or (is_due and self._can_afford(progress)):
            self._save(progress)

    def on_epoch_end(self, progress: Progress) -> None:
        """Write one after each epoch."""
        if self._can_afford(progress):
            self._save(progress)

    def on_train_end(self, progress: Progress) -> None:
        """Write one if the run was stopped after all callbacks here had been told of its step."""
        if progress.stopped and not progress.finished and self._step != self._state.weights.step:
            self._save(progress)

    def _can_afford(self, progress: Progress) -> bool:
        if self._every is not None:
            return True
        return self.cost + self._last_cost <= _SHARE * (progress.seconds - self._first)

    def _save(self, progress: Progress) -> None:
        started = self._clock()
        self._step = self._state.weights.step
        try:
            self._checkpoints.save(self._state)
            self.n_written += 1
            self._has_failed = False
        except FileError as error:
            if not self._has_failed:  # once is enough
                self._say(f"no checkpoint after step {self._state.weights.step:,}: {error}")
            self._has_failed = True
        self._last_cost = self._clock() - started
        self.cost += self._last_cost
        self._last = progress.seconds


def _size(state: TrainingState) -> float:
    """Return about how many bytes a checkpoint takes: the weights, two averages, the best, ..."""
    n_vectors = 3 + len(state.weights.memory)
    return float(state.weights.parameters.vector.nbytes * n_vectors)
