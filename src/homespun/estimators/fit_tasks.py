"""The one place that knows scikit-learn's callback protocol, so that its changes end here.

The protocol is new in scikit-learn 1.9 and may still move. A fit is a task; each of its epochs is
a task within, so progress bars nest under those of a search.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sklearn.callback import CallbackSupportMixin, with_callbacks

from homespun.training import Callback, Progress

__all__ = ["CallbackSupportMixin", "FitTasks", "with_callbacks"]


class FitTasks(Callback):
    """Tells the estimator's callbacks of its fit and of each epoch, and stops if one asks for it.

    It must be the last of a run's callbacks, since it looks at what the others decided.
    """

    def __init__(
        self,
        estimator: CallbackSupportMixin,
        n_epochs: int,
        data: Mapping[str, Any],
        fitted: Callable[[], Mapping[str, Any]],
    ) -> None:
        """Take what callbacks may ask for.

        Args:
            estimator: the one that is fitted, within a method decorated by `with_callbacks`.
            n_epochs: how many there will be at most.
            data: X, y and metadata as the user gave them.
            fitted: returns the attributes that make a copy of the estimator ready to predict.
        """
        self._estimator = estimator
        self._data = data
        self._fitted = fitted
        self._fit = estimator._init_callback_context(max_subtasks=n_epochs)
        self._epoch: Any = None

    def on_train_begin(self, progress: Progress) -> None:
        """Begin the fit and its first epoch."""
        self._fit.call_on_fit_task_begin(estimator=self._estimator, **self._data)
        self._begin_epoch()

    def on_epoch_end(self, progress: Progress) -> None:
        """End the epoch, and begin the next if there is one."""
        if self._epoch.call_on_fit_task_end(
            estimator=self._estimator, reconstruction_attributes=self._fitted, **self._data
        ):
            progress.stop("a callback asked for it")
        self._epoch = None
        if not progress.stopped and len(progress.history) < progress.plan.epochs:
            self._begin_epoch()

    def on_train_end(self, progress: Progress) -> None:
        """End the fit, and an epoch that was cut short.

        If nobody asked to cut it short, an error is on its way; scikit-learn ends no tasks then.
        """
        if self._epoch is not None and not progress.stopped:
            return
        if self._epoch is not None:
            self._epoch.call_on_fit_task_end(estimator=self._estimator)
        self._fit.call_on_fit_task_end(
            estimator=self._estimator, reconstruction_attributes=self._fitted, **self._data
        )

    def _begin_epoch(self) -> None:
        self._epoch = self._fit.subcontext(task_name="epoch")
        self._epoch.call_on_fit_task_begin(estimator=self._estimator, **self._data)
