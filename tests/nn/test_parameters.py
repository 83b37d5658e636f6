import copy
import hashlib
import pickle

import numpy as np
import pytest

from homespun.errors import ShapeError
from homespun.nn import Chain, Dense, Flatten, Parameters, ReLU, shapes_of


@pytest.fixture
def parameters():
    network = Chain(Flatten(), Dense(3), ReLU(), Dense(2))
    return Parameters(network.init(np.random.default_rng(0), (2, 2, 1))[0])


def test_views_and_vector_are_the_same_memory(parameters):
    assert parameters.vector.dtype == np.float32
    assert list(parameters.named()) == ["1.W", "1.b", "3.W", "3.b"]
    assert parameters.vector.size == 4 * 3 + 3 + 3 * 2 + 2
    parameters.vector[:] = np.arange(23)
    assert parameters.views["1"]["b"].tolist() == [12, 13, 14]
    parameters.views["3"]["W"][0, 1] = -1
    assert parameters.vector[16] == -1


def test_copies_share_nothing(parameters):
    zeros, copy = parameters.zeros_like(), parameters.with_vector(parameters.vector)
    assert not zeros.vector.any()
    copy.vector[:] = 7
    assert not (parameters.vector == 7).any()
    assert (copy.views["1"]["W"] == 7).all()


def test_only_weights_decay(parameters):
    mask = parameters.decayed()
    assert mask.tolist() == [1] * 12 + [0] * 3 + [1] * 6 + [0] * 2


def test_weight_hash_is_the_sha256_of_the_bytes(parameters):
    expected = hashlib.sha256(parameters.vector.astype("<f4").tobytes()).hexdigest()
    assert parameters.weight_hash() == expected
    parameters.vector[0] = np.nextafter(parameters.vector[0], np.float32(1))
    assert parameters.weight_hash() != expected


def test_load_refuses_other_names_and_shapes(parameters):
    arrays = {name: array.copy() for name, array in parameters.named().items()}
    with pytest.raises(ShapeError, match=r"1\.W: expected shape \(4, 3\), got \(3, 4\)"):
        parameters.load(arrays | {"1.W": arrays["1.W"].T})
    del arrays["1.b"]
    with pytest.raises(ShapeError, match=r"names: 1\.b"):
        parameters.load(arrays)


def test_shapes_of_draws_nothing_and_agrees_with_init():
    network = Chain(Flatten(), Dense(1000), Dense(7))
    drawn, out_shape = network.init(np.random.default_rng(0), (28, 28, 1))
    shapes, same_out_shape = shapes_of(network, (28, 28, 1))
    assert out_shape == same_out_shape == (7,)
    assert shapes["1"]["W"].shape == drawn["1"]["W"].shape
    assert shapes["1"]["W"].strides == (0, 0), "one shared zero, not 784,000 of them"


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))])
def test_in_a_copy_views_and_vector_are_one_memory_again(parameters, copied):
    other = copied(parameters)
    assert other.weight_hash() == parameters.weight_hash()
    other.vector[:] = np.arange(23)
    assert other.views["1"]["b"].tolist() == [12, 13, 14]
    assert not (parameters.vector == other.vector).all()
