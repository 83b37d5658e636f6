"""From pictures to answers, in ONNX's operators: what `Model.answer` does, in its order."""

from __future__ import annotations

import numpy as np

from homespun import nn
from homespun.errors import SettingError
from homespun.export.graph import FLOAT, INT64, Graph
from homespun.export.unlikeness import unlikeness
from homespun.models import Model
from homespun.models.calibration import LEAST, LEFT
from homespun.models.model import USUAL_THRESHOLD
from homespun.types import Array

TRUST = ("yes", "unsure", "unlike")
"""What the numbers of the output `trust` mean."""

_OPERATORS = {
    nn.BinaryCrossEntropy: "Sigmoid",
    nn.SoftmaxCrossEntropy: "Softmax",  # over the last axis
    nn.SquaredError: None,
}
"""How each loss says that logits become probabilities: a closed table."""

_NEVER = 2.0
"""A probability that no answer reaches."""


def write_answers(graph: Graph, model: Model, pictures: str) -> list[str]:
    """Add all between pictures (batch, height, width, channel) and answers; return what they are.

    `probabilities` float32 (batch, n_classes) and `label` int64 (batch,), the likeliest class;
    where a picture may have any number of labels also `labels` int64 (batch, n_classes), ones and
    zeros; where the model can tell also `unlikeness` float32 (batch,); `trust` int64 (batch,), a
    place in TRUST.

    Raises:
        SettingError: a layer or the loss has no form in ONNX.
    """
    logits, features = _through_the_network(graph, model, _scaled(graph, model, pictures))
    found = graph.named("probabilities", _probabilities(graph, model, logits))
    outputs = [found, graph.named("label", graph.node("ArgMax", found, axis=1, keepdims=0))]
    if model.gives_many_labels:
        least = model.thresholds or (USUAL_THRESHOLD,) * len(model.class_names)
        enough = graph.node("GreaterOrEqual", found, _reached_by_as_many(least))
        outputs.append(graph.named("labels", graph.node("Cast", enough, to=INT64)))
    score = None
    if model.rejection is not None:
        score = graph.named("unlikeness", unlikeness(graph, model.rejection, features))
        outputs.append(score)
    return [*outputs, graph.named("trust", _trust(graph, model, found, score))]


def _scaled(graph: Graph, model: Model, pictures: str) -> str:
    """Return the pictures as the network sees them, their channels first."""
    x = graph.node("Transpose", pictures, perm=(0, 3, 1, 2))
    mean, std = (
        np.array(numbers).reshape(-1, 1, 1) for numbers in (model.scaling.mean, model.scaling.std)
    )
    if model.pixels == "uint8":
        x = graph.node("Mul", graph.node("Cast", x, to=FLOAT), (1 / std).astype(np.float32))
        return graph.node("Sub", x, (mean / std).astype(np.float32))
    # As in Scaling: floats may be large and close together, so the mean goes first.
    x = graph.node("Sub", x, mean.astype(model.pixels))
    x = graph.node("Mul", x, (1 / std).astype(model.pixels))
    return graph.node("Cast", x, to=FLOAT)


def _through_the_network(graph: Graph, model: Model, x: str) -> tuple[str, list[str]]:
    """Return logits, and the outputs of the layers that the rejection looks at."""
    looked_at = () if model.rejection is None else model.rejection.layers
    if not isinstance(model.network, nn.Chain):
        logits = graph.layer(model.network, model.parameters.views, x, model.in_shape)
        return logits, [logits for _ in looked_at]
    seen, shape = [], model.in_shape
    for i, layer in enumerate(model.network.layers):
        x = graph.layer(layer, model.parameters.views[str(i)], x, shape)
        _, shape = nn.shapes_of(layer, shape)
        if i in looked_at:
            seen.append(_pooled(graph, x) if len(shape) > 1 else x)
    return x, seen


def _pooled(graph: Graph, x: str) -> str:
    """Return mean and deviation over the places of maps (batch, channel, height, width)."""
    mean = graph.node("ReduceMean", x, axes=(2, 3), keepdims=1)
    away = graph.node("Sub", x, mean)
    square = graph.node("ReduceMean", graph.node("Mul", away, away), axes=(2, 3), keepdims=1)
    both = graph.node("Concat", mean, graph.node("Sqrt", square), axis=1)
    return graph.node("Flatten", both, axis=1)


def _probabilities(graph: Graph, model: Model, logits: str) -> str:
    """Return what `calibrated` makes of logits."""
    if model.temperature == 1 and not model.smoothing:
        return _plain(graph, model, logits)
    temperature = np.float32(model.temperature)
    if model.gives_many_labels:
        return _plain(graph, model, graph.node("Div", logits, temperature))
    if model.smoothing:
        logits = _without_smoothing(graph, model, logits)
    found = _plain(graph, model, graph.node("Div", logits, temperature))
    found = graph.node("Max", found, np.float32(LEAST))
    return graph.node("Div", found, graph.node("ReduceSum", found, np.array([1]), keepdims=1))


def _without_smoothing(graph: Graph, model: Model, logits: str) -> str:
    plain = _plain(graph, model, logits)
    less = graph.node("Sub", plain, np.float32(model.smoothing))
    left = graph.node("Max", less, graph.node("Mul", plain, np.float32(LEFT)))
    return graph.node("Log", graph.node("Max", left, np.float32(LEAST)))


def _plain(graph: Graph, model: Model, logits: str) -> str:
    """Return what the loss says that logits mean."""
    if type(model.loss) not in _OPERATORS:
        raise SettingError(
            f"the loss {model.loss} has no form in ONNX here; "
            f"there are: {', '.join(loss.__name__ for loss in _OPERATORS)}"
        )
    operator = _OPERATORS[type(model.loss)]
    return logits if operator is None else graph.node(operator, logits)


def _reached_by_as_many(thresholds: tuple[float, ...]) -> Array:
    """Return the least numbers of single precision that are at least as large as these."""
    wide = np.array(thresholds)
    single = wide.astype(np.float32)
    return np.where(single < wide, np.nextafter(single, np.float32(np.inf)), single)


def _trust(graph: Graph, model: Model, found: str, score: str | None) -> str:
    if model.gives_many_labels:
        other = graph.node("Sub", np.float32(1), found)
        confidence = graph.node("ReduceMin", graph.node("Max", found, other), axes=(1,), keepdims=0)
    else:
        confidence = graph.node("ReduceMax", found, axes=(1,), keepdims=0)
    from_here = _NEVER if model.sure_from is None else model.sure_from
    sure = graph.node("GreaterOrEqual", confidence, np.float32(from_here))
    yes, unsure, unlike = (np.array(i) for i in range(len(TRUST)))
    trust = graph.node("Where", sure, yes, unsure)
    if score is None or model.rejection is None:
        return trust
    rejected = graph.node("Greater", score, np.float32(model.rejection.threshold))
    return graph.node("Where", rejected, unlike, trust)
