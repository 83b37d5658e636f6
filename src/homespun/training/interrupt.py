"""Ctrl-C while training: end after the step that runs, so that nothing is half done."""

from __future__ import annotations

import signal
from types import FrameType, TracebackType

from homespun.training.callbacks import Callback, Progress


class StopOnInterrupt(Callback):
    """Within its `with` block, the first Ctrl-C ends the run cleanly and the second at once.

    It can be entered in the main thread alone, since Python handles signals there.
    """

    def __init__(self) -> None:
        self.interrupted = False

    def __enter__(self) -> StopOnInterrupt:
        self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        signal.signal(signal.SIGINT, self._before)

    def on_step_end(self, progress: Progress) -> None:
        """Pass the wish on."""
        if self.interrupted:
            progress.stop("interrupted")

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self.interrupted:
            raise KeyboardInterrupt
        self.interrupted = True
