"""One fit, from checked samples to a model: what fit and partial_fit share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from homespun.data import Scaling
from homespun.estimators.past import Past
from homespun.estimators.samples import Samples
from homespun.estimators.targets import Targets
from homespun.estimators.watch import Watch, choose_measure
from homespun.models import Model
from homespun.nn import Parameters
from homespun.training import Callback, Plan, train
from homespun.types import FloatArray, Shape

TellReady = Callable[[Callable[[], Mapping[str, Any]]], Callback]
"""Makes a callback from a function that returns what an estimator must have to predict."""


@dataclass(frozen=True, eq=False)
class Fit:
    """What a fit is told.

    Attributes:
        plan: what to train and how, for the epochs from the first of the past to the last to come.
        past: what went before.
        model: to go on from, or None.
        in_shape: (height, width, channel).
        targets: the kind of labels.
        importance: (n_samples,) how much each sample counts in the loss, or None.
        scoring: what is watched on the validation part.
        ready: makes an estimator that predicts with this model.
        patience: epochs without a rise of more than `tol` that end the fit; None: any number.
        tol: see patience.
        callbacks: are told of every step and epoch.
        tell_ready: makes one more, or None.
        threads: how many.
    """

    plan: Plan
    past: Past
    model: Model | None
    in_shape: Shape
    targets: Targets
    importance: FloatArray | None
    scoring: Any
    ready: Callable[[Model], Any]
    patience: int | None
    tol: float
    callbacks: Sequence[Callback]
    tell_ready: TellReady | None
    threads: int | None

    def run(self, samples: Samples, held_out: Samples | None) -> tuple[Model, Past]:
        """Train on `samples`, judge on those held out, and return what came of it."""
        data = samples.dataset(self.in_shape, self.targets)
        validation = None if held_out is None else held_out.dataset(self.in_shape, self.targets)
        state = self.past.begin(self.plan, data, self.model)
        if self.model is None:
            scaling = Scaling.fit(data.images, samples.weights)
        else:
            scaling = self.model.scaling

        def model_with(parameters: Parameters) -> Model:
            return Model(
                network=self.plan.network,
                parameters=parameters,
                loss=self.plan.loss,
                scaling=scaling,
                in_shape=self.in_shape,
                class_names=data.class_names,
                record={"made_by": "ImageClassifier", "seed": self.past.seed},
                pixels=data.images.dtype.name,
            )

        measure = choose_measure(
            self.scoring, lambda parameters: self.ready(model_with(parameters)), held_out
        )
        watch = Watch(state, measure, self.tol, self.patience, keeps_best=held_out is not None)
        callbacks = [watch, *self.callbacks]
        if self.tell_ready is not None:
            callbacks.append(self.tell_ready(lambda: {"_model": model_with(state.averaged())}))
        result = train(
            self.plan,
            data,
            validation,
            state=state,
            scaling=scaling,
            sample_weights=self.importance,
            callbacks=callbacks,
            threads=self.threads,
        )
        best = result.parameters if held_out is None else watch.best or result.parameters
        scores = watch.values if held_out is not None else [None] * len(watch.values)
        past = Past(self.past.seed, result.history, (*self.past.scores, *scores), state.weights)
        return model_with(best), past
