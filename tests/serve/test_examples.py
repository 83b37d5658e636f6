from __future__ import annotations

from typing import Any

import numpy as np

from homespun.data import Dataset, read_photo


def test_every_example_can_be_fetched_and_read(client: Any) -> None:
    listed = client.get("/api/examples").json()
    for example in listed:
        assert example["url"] == f"/api/examples/{example['name']}"
        response = client.get(example["url"])
        kind = {"png": "image/png", "jpg": "image/jpeg"}[example["name"][-3:]]
        assert response.headers["content-type"] == kind
        assert read_photo(response.content).pixels.size
        assert example["title"]


def test_those_of_the_test_file_are_the_first_of_their_class(
    client: Any, fashion_mnist: tuple[Dataset, Dataset]
) -> None:
    _, test = fashion_mnist
    for example in client.get("/api/examples").json():
        label, _, where = example["title"].partition(": ")
        if where == "from the test file":
            first = np.flatnonzero(test.labels == test.class_names.index(label))[0]
            pixels = read_photo(client.get(example["url"]).content).pixels
            np.testing.assert_array_equal(pixels[..., :1], test.images[first])


def test_there_is_no_way_to_other_files(client: Any) -> None:
    for name in ("nothing.png", "titles.json", "..%2Fexamples.py", "%2e%2e%2fknown.npz"):
        assert client.problem(404, client.get(f"/api/examples/{name}")) in (
            "unknown-example",
            "not-found",
        )
