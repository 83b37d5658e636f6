"""A trained model as an ONNX file: it then runs wherever an ONNX runtime does, without homespun."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version as installed_version
from typing import TypeAlias

from homespun.errors import SettingError
from homespun.export.answers import write_answers
from homespun.export.graph import DOUBLE, FLOAT, INT64, UINT8, Graph, Writer
from homespun.export.layers import WRITERS
from homespun.export.library import onnx_library
from homespun.export.metadata import metadata, preparation_of
from homespun.export.preparation import write_preparation
from homespun.models import Model

OPSET = 17
"""Of ONNX's operators: all that is needed, and old enough for every runtime of the last years."""

_IR_VERSION = 8
"""The version of the file's own format that came with these operators."""

_KINDS = {"uint8": UINT8, "float32": FLOAT, "float64": DOUBLE}
"""What pictures may be made of."""

_Value: TypeAlias = tuple[int, tuple[int | str, ...]]
"""The kind of an input's or an output's numbers, and its shape; axes with a name are free."""


def export_onnx(model: Model, layers: Mapping[type, Writer] | None = None) -> bytes:
    """Return an ONNX file that takes pictures as the model does, and answers as it does.

    Input: `pictures` (n, height, width, channel), of the type that the model takes, as a rule uint8
    from 0 to 255; n is free. Outputs: `probabilities` float32 (n, n_classes), calibrated; `label`
    int64 (n,), the likeliest class; `trust` int64 (n,), 0 for yes, 1 for unsure, 2 for unlike;
    `unlikeness` float32 (n,) where the model can tell; `labels` int64 (n, n_classes), ones and
    zeros, where a picture may have any number of labels. The graph computes in single precision,
    whatever the model does. The same model gives the same bytes.

    Args:
        model: what is exported.
        layers: how layers of one's own are written, by type; see `Writer`.

    Raises:
        MissingExtraError: onnx is not installed.
        SettingError: a layer or the loss has no form in ONNX.
        ShapeError: a layer has none for the shape of its input.
    """
    graph = Graph({**WRITERS, **(layers or {})})
    outputs = write_answers(graph, model, "pictures")
    pictures: _Value = (_KINDS[model.pixels], ("n", *model.in_shape))
    return _file(graph, model, {"pictures": pictures}, outputs)


def export_photo_onnx(model: Model, layers: Mapping[type, Writer] | None = None) -> bytes:
    """Return an ONNX file that takes one photo, prepares it from the cut-out on, and answers.

    Inputs, as `photo_inputs` makes them: `photo` uint8 (photo_height, photo_width, 3), upright and
    in sRGB; where the model's preparation cuts objects out also `mask` float32 (mask_height,
    mask_width), 1 on the object and 0 elsewhere, of any size. Outputs: those of `export_onnx` with
    n = 1, and `prepared` uint8 (1, height, width, channel), the picture that the model saw.

    Args:
        model: what is exported.
        layers: how layers of one's own are written, by type; see `Writer`.

    Raises:
        MissingExtraError: onnx is not installed.
        SettingError: the model takes no photos; or a layer or the loss has no form in ONNX.
        ShapeError: a layer has none for the shape of its input.
    """
    if model.pixels != "uint8" or model.in_shape[2] not in (1, 3):
        raise SettingError(
            f"the model takes {model.pixels} pictures of shape {model.in_shape}, to which no photo "
            "can be brought: export it for ready pictures"
        )
    graph = Graph({**WRITERS, **(layers or {})})
    inputs: dict[str, _Value] = {"photo": (UINT8, ("photo_height", "photo_width", 3))}
    if preparation_of(model).cut_out:
        inputs["mask"] = (FLOAT, ("mask_height", "mask_width"))
    prepared = write_preparation(graph, model.in_shape, preparation_of(model), *inputs)
    prepared = graph.named("prepared", prepared)
    outputs = [*write_answers(graph, model, prepared), prepared]
    return _file(graph, model, inputs, outputs)


def _file(
    graph: Graph, model: Model, inputs: Mapping[str, _Value], outputs: Sequence[str]
) -> bytes:
    """Return the graph as a file that ONNX's own checker accepts."""
    onnx = onnx_library()
    n = 1 if "photo" in inputs else "n"
    classes = len(model.class_names)
    kinds: dict[str, _Value] = {
        "probabilities": (FLOAT, (n, classes)),
        "label": (INT64, (n,)),
        "labels": (INT64, (n, classes)),
        "unlikeness": (FLOAT, (n,)),
        "trust": (INT64, (n,)),
        "prepared": (UINT8, (n, *model.in_shape)),
    }
    describe = onnx.helper.make_tensor_value_info
    file = onnx.helper.make_model(
        onnx.helper.make_graph(
            graph.nodes,
            "homespun",
            [describe(name, *value) for name, value in inputs.items()],
            [describe(name, *kinds[name]) for name in outputs],
            graph.constants,
        ),
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
        ir_version=_IR_VERSION,
        producer_name="homespun",
        producer_version=installed_version("homespun"),
    )
    onnx.helper.set_model_props(file, metadata(model))
    onnx.checker.check_model(file, full_check=True)
    content: bytes = file.SerializeToString(deterministic=True)
    return content
