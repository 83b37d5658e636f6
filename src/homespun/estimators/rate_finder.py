"""Finding a learning rate for a classifier, which stays as it was."""

from __future__ import annotations

import copy
from typing import Any

from sklearn.base import _fit_context

from homespun.data import Scaling
from homespun.estimators.learner import Learner
from homespun.estimators.past import Past, peek_seed
from homespun.estimators.threads import threads_for
from homespun.training import LearningRateCurve, find_learning_rate


class RateFinder(Learner):
    """A learner that can try learning rates before it learns."""

    @_fit_context(prefer_skip_nested_validation=True)
    def find_learning_rate(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        lr_from: float = 1e-6,
        lr_to: float = 10.0,
        n_steps: int = 100,
    ) -> LearningRateCurve:
        """Return how the loss falls and rises again while the learning rate grows with each step.

        It begins where `fit` would begin, and leaves the estimator and all generators of random
        numbers as they are. `homespun.report.figures.learning_rates` draws it.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), or pictures
            See the class.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Labels.
        sample_weight : array-like of shape (n_samples,), default=None
            How much each sample counts.
        lr_from, lr_to : float
            The first learning rate, and the last.
        n_steps : int, default=100
            How many updates there are at most.

        Returns
        -------
        curve : LearningRateCurve
            Its `suggestion` is a fair `learning_rate_init`.
        """
        probe = copy.copy(self)  # whatever is found out about X and y is written there
        goes_on = self.warm_start and hasattr(self, "_model")
        samples = probe._read(X, y, sample_weight, reset=not goes_on)
        past = Past(self._past.seed if goes_on else peek_seed(self.random_state))
        plan = probe._plan(samples, past.seed)
        data = samples.dataset(probe.in_shape_, probe._targets)
        return find_learning_rate(
            plan,
            data,
            state=past.begin(plan, data, self._model if goes_on else None),
            scaling=self._model.scaling if goes_on else Scaling.fit(data.images, samples.weights),
            sample_weights=samples.importance(self.class_weight),
            lr_from=lr_from,
            lr_to=lr_to,
            n_steps=n_steps,
            threads=threads_for(self.n_jobs),
        )
