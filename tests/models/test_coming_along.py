import re

import numpy as np

from homespun.models.coming_along import packaged_model
from homespun.storage import load


def test_the_model_in_the_package_is_the_one_on_its_card(fashion_mnist):
    path = packaged_model()
    card = path.with_name("README.md").read_text()
    model = load(path)
    assert model.parameters.weight_hash() in card
    assert f"{model.parameters.vector.size:,} weights" in card
    assert path.stat().st_size < 2_000_000
    _, test = fashion_mnist
    found = re.search(r"the official test file \| ([\d,]+) \| ([\d.]+)%", card)
    accuracy = np.mean(model.predict(test.images) == test.labels)
    assert found[1] == f"{len(test):,}"
    assert found[2] == f"{100 * accuracy:.1f}"


def test_it_has_all_that_it_takes_to_answer_a_photo():
    model = load(packaged_model())
    assert model.rejection is not None
    assert model.sure_from is not None
    assert model.preparation is not None
    assert model.in_shape == (28, 28, 1)
    assert len(model.class_names) == 10
