"""ImageClassifier: homespun's networks for those who know scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar, Literal

from sklearn.base import BaseEstimator, ClassifierMixin, _fit_context

from homespun.augment import Augmentation
from homespun.estimators.constraints import CONSTRAINTS
from homespun.estimators.documentation import PAGE_AND_HEADING, page_and_heading
from homespun.estimators.fit_tasks import CallbackSupportMixin, FitTasks, with_callbacks
from homespun.estimators.past import Past, draw_seed
from homespun.estimators.predictor import Predictor
from homespun.estimators.rate_finder import RateFinder
from homespun.nn import Layer
from homespun.optim import Optimizer, Schedule


class ImageClassifier(Predictor, RateFinder, CallbackSupportMixin, ClassifierMixin, BaseEstimator):
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

    _doc_link_module = "homespun"
    _doc_link_template = PAGE_AND_HEADING
    _doc_link_url_param_generator = page_and_heading
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
        goes_on = self.warm_start and self.__sklearn_is_fitted__()
        samples = self._read(X, y, sample_weight, reset=not goes_on)
        past = self._past if goes_on else Past(draw_seed(self.random_state))
        held_out = None
        if validation_data is not None:
            held_out = self._read_validation(validation_data)
        elif self.early_stopping:
            samples, held_out = samples.hold_out(self.validation_fraction, past.seed)
        plan = self._plan(samples, past.seed)
        metadata = None if sample_weight is None else {"sample_weight": sample_weight}
        self._train(
            replace(plan, epochs=len(past.records) + plan.epochs),
            samples,
            held_out,
            replace(past, weights=None),
            self._model if goes_on else None,
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
        goes_on = self.__sklearn_is_fitted__()
        self._check_part(y, classes, goes_on)
        samples = self._read(X, y, sample_weight, reset=not goes_on, classes=classes)
        past = self._past if goes_on else Past(draw_seed(self.random_state))
        plan = self._plan_of_part(samples, past)
        self._train(plan, samples, None, past, self._model if goes_on else None)
        return self

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = self.multilabel is not False
        tags.input_tags.three_d_array = True
        return tags
