"""ImageClassifier: homespun's networks for those who know scikit-learn."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any, ClassVar, Literal

import numpy as np
from rich.console import Console
from sklearn.base import BaseEstimator, ClassifierMixin, _fit_context
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from homespun.augment import Augmentation
from homespun.data import Scaling
from homespun.estimators.constraints import CONSTRAINTS
from homespun.estimators.dense_weights import dense_weights, n_weighted_layers
from homespun.estimators.fit_tasks import CallbackSupportMixin, FitTasks, with_callbacks
from homespun.estimators.fitting import Fit, TellReady
from homespun.estimators.past import Past, draw_seed, peek_seed
from homespun.estimators.pictures import PIXEL_TYPES, as_images, in_shape_of, rows_of
from homespun.estimators.planning import Wishes, make_plan
from homespun.estimators.samples import Samples
from homespun.estimators.targets import targets_of
from homespun.estimators.threads import threads_for
from homespun.models import Model
from homespun.nn import Layer
from homespun.optim import Constant, Optimizer, Schedule
from homespun.training import Callback, LearningRateCurve, Plan, TimeLimit, find_learning_rate
from homespun.training.progress import ShowProgress
from homespun.types import Array, FloatArray, Shape

_DOC_LINK = "docs/coming-from-mlpclassifier.md#{estimator_name}"


class ImageClassifier(CallbackSupportMixin, ClassifierMixin, BaseEstimator):
    """Neural network for pictures, or for rows of features.

    X holds pictures of shape (n_samples, height, width) or (n_samples, height, width, channel), or
    rows of shape (n_samples, n_features). It stays as it is until a few samples at a time are
    scaled to mean 0 and deviation 1: each colour channel of pictures, each feature of rows. The
    network is computed in float32 where X is uint8 or float32, and in float64 where it is float64
    or holds other numbers. The same `random_state` gives the same bits on any number of threads.

    Parameters
    ----------
    layers : str or list of layers, default=None
        A recipe's name (network, optimizer, schedule and augmentation; see `homespun models`), or
        the layers before the answer, a dense layer that is added to them. By default the recipe
        `fast` for pictures, and `[Dense(100), ReLU()]` for rows.
    image_shape : tuple, default=None
        (height, width) or (height, width, channel) where the rows of X are pictures.
    multilabel : bool or "auto", default="auto"
        Whether a picture may have several labels, y being zeros and ones of shape (n_samples,
        n_labels). "auto" looks at y.
    thresholds : float or array-like of shape (n_labels,), default=0.5
        With several labels a picture: how probable a label must be to be given.
    optimizer : str or optimizer, default=None
        "sgd", "momentum", "nesterov", "adam", "adamw", or an object of `homespun.optim`. By default
        the recipe's own, or Adam.
    learning_rate : {"constant", "cosine", "one_cycle"} or schedule, default=None
        How the learning rate changes. By default as the recipe says, or not at all.
    learning_rate_init : float, default=None
        The (largest) learning rate. By default the recipe's own, or 0.001.
    max_iter : int, default=None
        How many epochs there are at most. By default as many as the recipe says, or 200.
    batch_size : int, default=None
        Pictures an update. By default the recipe's own, or min(200, n_samples).
    augmentation : list of augmentations, default=None
        Random changes of pictures while training (`homespun.augment`). By default the recipe's.
    l1 : float, default=None
        Strength of the penalty on absolute weights. By default the recipe's, or 0.
    l2 : float, default=None
        Strength of the penalty on squared weights. By default the recipe's, or 0.
    class_weight : dict, "balanced" or None, default=None
        How much each class counts, as everywhere in scikit-learn.
    early_stopping : bool, default=False
        Whether to hold out a part of the training data, or use `validation_data`, and end when
        `scoring` no longer rises there.
    validation_fraction : float, default=0.1
        How much to hold out for early stopping.
    scoring : str, callable or None, default=None
        What is watched on the validation part: any scorer of scikit-learn, "loss", or None for
        accuracy.
    n_iter_no_change : int or None, default=10
        End after so many epochs without a rise of the measure watched, or, without a validation
        part, a fall of the training loss. None: never.
    tol : float, default=1e-4
        By how much it must rise or fall.
    max_time : float, default=None
        Seconds after which training ends with the best weights so far.
    warm_start : bool, default=False
        Whether a further call of fit goes on from the weights of the last.
    n_jobs : int, default=None
        Threads. By default one a core, or one where joblib's workers use the cores already.
    verbose : bool, default=False
        Whether to show progress.
    random_state : int, RandomState instance or None, default=None
        Decides all that is random. An integer is the seed of `homespun train`.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels; with several labels a picture, the numbers of y's columns.
    n_features_in_ : int
        Features seen in fit; for pictures height * width * channel.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Their names, if X had names that are all text.
    in_shape_ : tuple
        (height, width, channel) of what the network sees.
    model_ : homespun.Model
        The trained model; `homespun.save(clf.model_, path)` writes it to a file, if X was
        uint8.
    n_iter_ : int
        Epochs completed, over all calls that went on from each other.
    history_ : list of dict
        What happened in each epoch: see `homespun.training.EpochRecord`; `score` is the measure
        watched on the validation part, or None.
    loss_curve_ : list of float
        Training loss of each epoch, with penalties.
    best_loss_ : float or None
        The lowest of them; None with a validation part.
    validation_scores_ : list of float or None
        The measure watched, an entry an epoch; None without a validation part.
    best_validation_score_ : float or None
        The highest of them.
    n_layers_ : int
        Layers with weights, and one for the input.
    n_outputs_ : int
        Outputs of the network.
    out_activation_ : str
        "softmax", or "logistic" with several labels a picture.
    coefs_ : list of ndarray
        Of networks of dense layers: W of each, the first as it acts on unscaled X.
    intercepts_ : list of ndarray
        Of networks of dense layers: b of each.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from homespun import ImageClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> clf = ImageClassifier(image_shape=(8, 8), layers=[], max_iter=20, random_state=0)
    >>> bool(clf.fit(X[:1000], y[:1000]).score(X[1000:], y[1000:]) > 0.85)
    True
    """

    _past: Past

    _doc_link_module = "homespun"
    _doc_link_template = _DOC_LINK

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = dict(CONSTRAINTS)

    def __init__(
        self,
        layers: str | Sequence[Layer] | None = None,
        *,
        image_shape: Sequence[int] | None = None,
        multilabel: bool | Literal["auto"] = "auto",
        thresholds: Any = 0.5,
        optimizer: str | Optimizer | None = None,
        learning_rate: str | Schedule | None = None,
        learning_rate_init: float | None = None,
        max_iter: int | None = None,
        batch_size: int | None = None,
        augmentation: Sequence[Augmentation] | None = None,
        l1: float | None = None,
        l2: float | None = None,
        class_weight: Any = None,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        scoring: Any = None,
        n_iter_no_change: int | None = 10,
        tol: float = 1e-4,
        max_time: float | None = None,
        warm_start: bool = False,
        n_jobs: int | None = None,
        verbose: bool = False,
        random_state: Any = None,
    ) -> None:
        self.layers = layers
        self.image_shape = image_shape
        self.multilabel = multilabel
        self.thresholds = thresholds
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.max_iter = max_iter
        self.batch_size = batch_size
        self.augmentation = augmentation
        self.l1 = l1
        self.l2 = l2
        self.class_weight = class_weight
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.scoring = scoring
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.max_time = max_time
        self.warm_start = warm_start
        self.n_jobs = n_jobs
        self.verbose = verbose
        self.random_state = random_state

    @with_callbacks
    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        validation_data: tuple[Any, Any] | None = None,
    ) -> ImageClassifier:
        """Train on X and y.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), or pictures
            See the class.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Labels.
        sample_weight : array-like of shape (n_samples,), default=None
            How much each sample counts; one that counts twice is as good as two.
        validation_data : tuple (X, y), default=None
            A part that is not trained on. It decides which epoch's weights are kept, and with
            `early_stopping` when to end.

        Returns
        -------
        self : ImageClassifier
            The fitted estimator.

        Raises
        ------
        ValueError
            Data or parameters do not fit.
        DivergedError
            The loss stopped being a finite number.
        """
        goes_on = self.warm_start and hasattr(self, "model_")
        samples = self._read(X, y, sample_weight, reset=not goes_on)
        past = self._past if goes_on else Past(draw_seed(self.random_state))
        held_out = None
        if validation_data is not None:
            held_out = self._read(*validation_data, None, reset=False)
        elif self.early_stopping:
            samples, held_out = samples.hold_out(self.validation_fraction, past.seed)
        plan = self._plan(samples, past.seed)
        metadata = None if sample_weight is None else {"sample_weight": sample_weight}
        self._train(
            replace(plan, epochs=len(past.records) + plan.epochs),
            samples,
            held_out,
            replace(past, weights=None),
            self.model_ if goes_on else None,
            tell_ready=partial(FitTasks, self, plan.epochs, {"X": X, "y": y, "metadata": metadata}),
        )
        self._past = replace(self._past, weights=None)  # only partial_fit needs the memory
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None
    ) -> ImageClassifier:
        """Go over X and y once more, from where the last call of fit or partial_fit ended.

        The learning rate does not change from call to call, unless it is a schedule object. The
        scaling is that of the first call.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), or pictures
            See the class.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Labels.
        classes : array-like of shape (n_classes,), default=None
            All labels that will ever come; needed in the first call, unless y has several labels a
            picture.
        sample_weight : array-like of shape (n_samples,), default=None
            How much each sample counts.

        Returns
        -------
        self : ImageClassifier
            The estimator, a little better fitted.

        Raises
        ------
        ValueError
            Data or parameters do not fit.
        DivergedError
            The loss stopped being a finite number.
        """
        if self.early_stopping:
            raise ValueError("partial_fit does not support early_stopping=True")
        if self.class_weight == "balanced":
            raise ValueError("class_weight 'balanced' is not supported for partial_fit")
        goes_on = hasattr(self, "model_")
        if not goes_on and classes is None and np.ndim(y) == 1:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        if (
            goes_on
            and classes is not None
            and not np.array_equal(np.unique(classes), self.classes_)
        ):
            raise ValueError(
                f"`classes={classes!r}` is not the same as on last call to partial_fit, was: "
                f"{self.classes_!r}"
            )
        samples = self._read(X, y, sample_weight, reset=not goes_on, classes=classes)
        past = self._past if goes_on else Past(draw_seed(self.random_state))
        plan = self._plan(samples, past.seed)
        plan = replace(plan, epochs=len(past.records) + 1)
        if isinstance(self.learning_rate, str | None):
            lr: Any = plan.schedule  # each that a name or a recipe stands for has a largest lr
            plan = replace(plan, schedule=Constant(lr.lr))
        self._train(plan, samples, None, past, self.model_ if goes_on else None)
        return self

    def predict(self, X: Any) -> Array:
        """Return the likeliest class of each sample, or zeros and ones for each label.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), or pictures
            See the class.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_labels)
            Labels.
        """
        probabilities = self.predict_proba(X)
        return self._targets.decode(probabilities, self.thresholds)

    def predict_proba(self, X: Any) -> FloatArray:
        """Return how probable each class is, in the order of `classes_`.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), or pictures
            See the class.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            Each row sums to 1, unless a picture may have several labels.
        """
        check_is_fitted(self)
        X, shape = rows_of(X)
        self._check_shape(shape)
        rows = validate_data(self, X, dtype=PIXEL_TYPES, reset=False)
        model = replace(self.model_, pixels=rows.dtype.name)  # numbers of any type mean the same
        return model.predict_proba(as_images(rows, self.in_shape_), threads_for(self.n_jobs))

    def predict_log_proba(self, X: Any) -> FloatArray:
        """Return the natural logarithms of `predict_proba(X)`.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), or pictures
            See the class.

        Returns
        -------
        logarithms : ndarray of shape (n_samples, n_classes)
            Minus infinity where a probability is 0.
        """
        with np.errstate(divide="ignore"):
            logarithms: FloatArray = np.log(self.predict_proba(X))
        return logarithms

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
        goes_on = self.warm_start and hasattr(self, "model_")
        samples = probe._read(X, y, sample_weight, reset=not goes_on)
        past = Past(self._past.seed if goes_on else peek_seed(self.random_state))
        plan = probe._plan(samples, past.seed)
        data = samples.dataset(probe.in_shape_, probe._targets)
        return find_learning_rate(
            plan,
            data,
            state=past.begin(plan, data, self.model_ if goes_on else None),
            scaling=self.model_.scaling if goes_on else Scaling.fit(data.images, samples.weights),
            sample_weights=samples.importance(self.class_weight),
            lr_from=lr_from,
            lr_to=lr_to,
            n_steps=n_steps,
            threads=threads_for(self.n_jobs),
        )

    @property
    def coefs_(self) -> list[FloatArray]:
        """The W of each dense layer, the first as it acts on unscaled X."""
        return dense_weights(self.model_)[0]

    @property
    def intercepts_(self) -> list[FloatArray]:
        """The b of each dense layer, the first for unscaled X."""
        return dense_weights(self.model_)[1]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = self.multilabel is not False
        tags.input_tags.three_d_array = True
        return tags

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "model_")

    def _read(
        self, X: Any, y: Any, sample_weight: Any, *, reset: bool, classes: Any = None
    ) -> Samples:
        """Check the samples; with `reset`, take over what kind they are."""
        X, shape = rows_of(X)
        rows, y = validate_data(self, X, y, dtype=PIXEL_TYPES, multi_output=True, reset=reset)
        y, targets = targets_of(y, self.multilabel, classes)
        if reset:
            self.__dict__.pop("model_", None)
            self.in_shape_ = in_shape_of(
                rows.shape[1], self.image_shape, shape, type(self).__name__
            )
            self._is_flat = self.image_shape is None and shape is None
            self._targets = targets
            self.classes_ = targets.classes
        self._check_shape(shape)
        if type(targets) is not type(self._targets):
            raise ValueError("y has another kind of labels than in the call to fit before")
        weights = None
        if sample_weight is not None:
            weights = _check_sample_weight(
                sample_weight, rows, dtype=np.float64, ensure_non_negative=True
            )
        return Samples(rows, y, self._targets.encode(y), weights).that_count()

    def _check_shape(self, shape: Shape | None) -> None:
        """Refuse pictures of another shape; rows have no shape, and scikit-learn counts them."""
        if shape not in (None, self.in_shape_):
            raise ValueError(
                f"X has pictures of shape {shape}, but {type(self).__name__} is expecting pictures "
                f"of shape {self.in_shape_} as input"
            )

    def _plan(self, samples: Samples, seed: int) -> Plan:
        wishes = Wishes(**{name: getattr(self, name) for name in Wishes.__annotations__})
        plan = make_plan(
            wishes,
            in_shape=self.in_shape_,
            is_flat=self._is_flat,
            n_samples=len(samples.rows),
            n_classes=len(self.classes_),
            seed=seed,
        )
        loss = self._targets.choose_loss(plan.loss)
        return replace(plan, loss=loss, precision=samples.precision)

    def _train(
        self,
        plan: Plan,
        samples: Samples,
        held_out: Samples | None,
        past: Past,
        model: Model | None,
        tell_ready: TellReady | None = None,
    ) -> None:
        if model is not None and plan.network != model.network:
            raise ValueError("the layers are not those of the call to fit before")
        callbacks: list[Callback] = []
        if self.max_time is not None:
            callbacks.append(TimeLimit(self.max_time))
        if self.verbose:
            callbacks.append(ShowProgress(Console()))
        fit = Fit(
            plan=plan,
            past=past,
            model=model,
            in_shape=self.in_shape_,
            targets=self._targets,
            importance=samples.importance(self.class_weight),
            scoring=self.scoring,
            ready=self._ready,
            patience=self.n_iter_no_change if self.early_stopping or not held_out else None,
            tol=self.tol,
            callbacks=callbacks,
            tell_ready=tell_ready,
            threads=threads_for(self.n_jobs),
        )
        self._keep(*fit.run(samples, held_out))

    def _ready(self, model: Model) -> ImageClassifier:
        """Return a copy that predicts with `model`, and takes rows without feature names."""
        ready = copy.copy(self)
        ready.model_ = model
        ready.__dict__.pop("feature_names_in_", None)
        return ready

    def _keep(self, model: Model, past: Past) -> None:
        self.model_ = model
        self._past = past
        self.n_iter_ = len(past.records)
        self.history_ = [
            asdict(record) | {"score": score}
            for record, score in zip(past.records, past.scores, strict=True)
        ]
        self.loss_curve_ = [record.loss + record.penalty for record in past.records]
        scores = [score for score in past.scores if score is not None]
        self.validation_scores_ = scores or None
        self.best_validation_score_ = max(scores) if scores else None
        self.best_loss_ = None if scores or not past.records else min(self.loss_curve_)
        self.n_layers_ = n_weighted_layers(model) + 1
        self.n_outputs_ = len(self.classes_)
        self.out_activation_ = self._targets.activation
