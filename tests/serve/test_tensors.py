from __future__ import annotations

import json
import struct
from typing import Any

import numpy as np
import pytest

from homespun.serve.tensors import MOST_JSON, MOST_PICTURES, Wanted, read_request, write_tensor
from homespun.types import Array

SHAPE = (2, 3, 1)
OUTPUTS = ("probabilities", "labels")
PIXELS = np.array([[0, 1, 2, 3, 4, 255], [9, 8, 7, 6, 5, 128]], np.uint8)


def tensor(**changes: Any) -> dict[str, Any]:
    return {
        "name": "pictures", "datatype": "UINT8", "shape": [2, *SHAPE],
        "data": PIXELS.ravel().tolist(), **changes,
    }  # fmt: skip


def read(request: Any, rest: bytes = b"", length: str | None = None) -> Wanted:
    return read_request(json.dumps(request).encode() + rest, length, SHAPE, OUTPUTS)


def read_binary(values: Array, datatype: str, size: Any = None) -> Wanted:
    content = values.tobytes()
    size = len(content) if size is None else size
    about = tensor(datatype=datatype, parameters={"binary_data_size": size})
    del about["data"]
    head = json.dumps({"inputs": [about]}).encode()
    return read_request(head + content, str(len(head)), SHAPE, OUTPUTS)


@pytest.mark.parametrize(
    "data",
    [PIXELS.ravel().tolist(), PIXELS.reshape(2, *SHAPE).tolist(), PIXELS.ravel() * 1.0],
    ids=["flat", "nested", "floats"],
)
def test_pixels_stand_in_one_list_or_nested(data: Any) -> None:
    wanted = read({"inputs": [tensor(data=list(data))]})
    assert wanted.pictures.dtype == np.uint8
    np.testing.assert_array_equal(wanted.pictures, PIXELS.reshape(2, *SHAPE))


@pytest.mark.parametrize(
    ("datatype", "dtype"),
    [("UINT8", "<u1"), ("INT16", "<i2"), ("UINT64", "<u8"), ("FP16", "<f2"), ("FP32", "<f4"),
     ("FP64", "<f8")],
)  # fmt: skip
def test_bytes_of_any_datatype_are_the_same_pixels(datatype: str, dtype: str) -> None:
    wanted = read_binary(PIXELS.astype(dtype), datatype)
    assert wanted.pictures.dtype == np.uint8
    np.testing.assert_array_equal(wanted.pictures, PIXELS.reshape(2, *SHAPE))


def test_no_pictures_are_pictures_too() -> None:
    assert read({"inputs": [tensor(shape=[0, *SHAPE], data=[])]}).pictures.shape == (0, *SHAPE)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"shape": [2, 3, 2, 1]}, r"takes \[n, 2, 3, 1\]"),
        ({"shape": [-1, *SHAPE]}, "takes"),
        ({"shape": [MOST_PICTURES + 1, *SHAPE]}, "at most 1,024"),
        ({"shape": [2.0, *SHAPE]}, "whole numbers"),
        ({"shape": [True, *SHAPE]}, "whole numbers"),
        ({"shape": None}, "whole numbers"),
        ({"shape": []}, "takes"),
        ({"shape": [1] * 99}, "one of 99 sizes"),
        ({"datatype": "BYTES"}, "datatype is none of UINT8"),
        ({"datatype": ["UINT8"]}, "datatype is none of UINT8"),
        ({"data": None}, "not a list"),
        ({"data": [1, 2, 3]}, "does not have the shape"),
        ({"data": PIXELS.tolist()}, "does not have the shape"),
        ({"data": [[1, 2], [3]]}, "nested unevenly"),
        ({"data": ["1"] * 12}, "other than numbers"),
        ({"data": [True] * 12}, "other than numbers"),
        ({"data": [None] * 12}, "other than numbers"),
        ({"data": [256] + [0] * 11}, "not from 0 to 255"),
        ({"data": [-1] + [0] * 11}, "not from 0 to 255"),
        ({"data": [2**63] + [-1] * 11}, "not from 0 to 255"),
        ({"data": [0.5] * 12}, "by 255 and round"),
        ({"parameters": []}, "parameters is not"),
        ({"parameters": {"binary_data_size": 12}}, "make 12 bytes"),
    ],
)
def test_what_are_no_pictures_of_the_model_is_said(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read({"inputs": [tensor(**changes)]})


@pytest.mark.parametrize("value", [np.nan, np.inf, -1.0, 255.5])
def test_numbers_that_no_pixel_has_are_refused_in_bytes_too(value: float) -> None:
    values = PIXELS.astype("<f4")
    values[1, 1] = value
    with pytest.raises(ValueError, match="not from 0 to 255"):
        read_binary(values, "FP32")


@pytest.mark.parametrize("size", [11, 13, 12.0, "12", -12])
def test_the_size_of_bytes_must_be_what_came(size: Any) -> None:
    with pytest.raises(ValueError, match="make 12 bytes"):
        read_binary(PIXELS, "UINT8", size)


def test_bytes_that_no_input_speaks_of_are_refused() -> None:
    request = {"inputs": [tensor()]}
    with pytest.raises(ValueError, match="no input says binary_data_size"):
        read(request, b"123", str(len(json.dumps(request))))


@pytest.mark.parametrize("length", ["-1", "1e3", "", "²", "9" * 30, "999999"])
def test_a_length_of_json_that_lies_is_refused(length: str) -> None:
    with pytest.raises(ValueError, match=r"bytes"):
        read({"inputs": [tensor()]}, length=length)


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff", b"{", b"[" * 100_000, b'{"inputs": NaN}', b'{"a": 1, "a": 2}', b"1e999"],
)
def test_what_is_not_json_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="is not JSON"):
        read_request(body, None, SHAPE, OUTPUTS)


def test_more_json_than_is_read_at_once_is_refused_unread() -> None:
    with pytest.raises(ValueError, match="binary tensor data"):
        read_request(b"[" * (MOST_JSON + 1), None, SHAPE, OUTPUTS)


@pytest.mark.parametrize(
    ("request_", "told"),
    [
        ([], "not a JSON object"),
        ({}, "list of one tensor"),
        ({"inputs": []}, "list of one tensor"),
        ({"inputs": [tensor(), tensor()]}, "list of one tensor"),
        ({"inputs": [1]}, "list of one tensor"),
        ({"inputs": [tensor()], "id": 5}, "id is not text"),
        ({"inputs": [tensor()], "outputs": {}}, "outputs is not a list"),
        ({"inputs": [tensor()], "outputs": [{"name": "logits"}]}, "outputs must name"),
        ({"inputs": [tensor()], "outputs": [{"name": []}]}, "outputs must name"),
        ({"inputs": [tensor()], "outputs": [{"name": "labels"}] * 2}, "once at most"),
    ],
)
def test_what_is_no_request_is_said(request_: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        read(request_)


def test_outputs_come_in_the_order_asked_for_and_all_where_none_is_named() -> None:
    assert list(read({"inputs": [tensor()]}).outputs) == ["probabilities", "labels"]
    named = [{"name": "labels"}, {"name": "probabilities"}]
    assert list(read({"inputs": [tensor()], "outputs": named}).outputs) == [
        "labels",
        "probabilities",
    ]


def test_each_output_may_differ_from_what_is_wanted_of_all() -> None:
    outputs = [{"name": "labels", "parameters": {"binary_data": False}}, {"name": "probabilities"}]
    parameters = {"binary_data_output": True}
    wanted = read({"inputs": [tensor()], "parameters": parameters, "outputs": outputs})
    assert wanted.outputs == {"labels": False, "probabilities": True}


def test_numbers_are_written_as_numbers_or_as_little_endian_bytes() -> None:
    values = np.array([[0.25, 0.75]], np.float32)
    about, content = write_tensor("p", values, as_bytes=False)
    assert about == {"name": "p", "datatype": "FP32", "shape": [1, 2], "data": [0.25, 0.75]}
    assert content == b""
    about, content = write_tensor("p", values, as_bytes=True)
    assert content == struct.pack("<ff", 0.25, 0.75)
    assert about["parameters"] == {"binary_data_size": 8}
    assert "data" not in about


def test_words_are_written_with_their_length_in_bytes() -> None:
    about, content = write_tensor("l", np.array(["Bag", "Röcke"]), as_bytes=True)
    assert about["datatype"] == "BYTES"
    assert about["shape"] == [2]
    assert content == b"\x03\0\0\0Bag\x06\0\0\0R\xc3\xb6cke"
