import weakref
from dataclasses import dataclass, field

import numpy as np

from homespun.nn import BatchNorm, Chain, Conv2D, Dense, Flatten, Parameters, ReLU, forward_only

RNG = np.random.default_rng(0)


@dataclass(frozen=True)
class Witness:
    """Hands x on; notes how many ways back of witnesses before it are still there."""

    ways_back: list[weakref.ref] = field(default_factory=list)
    alive: list[int] = field(default_factory=list)

    def init(self, rng, in_shape):
        return {}, in_shape

    def forward(self, params, x, *, train, rng):
        self.alive.append(sum(ref() is not None for ref in self.ways_back))

        def backward(dy, grads, need_dx=True):
            return dy

        self.ways_back.append(weakref.ref(backward))
        return x, backward


def test_the_way_forward_alone_gives_what_the_way_with_a_way_back_gives():
    inner = Chain(BatchNorm(), ReLU())
    network = Chain(Conv2D(4), inner, Flatten(), Dense(3))
    params = Parameters(network.init(RNG, (5, 5, 2))[0]).views
    x = RNG.standard_normal((2, 5, 5, 2)).astype(np.float32)
    y, _ = network.forward(params, x, train=False, rng=RNG)
    assert np.array_equal(forward_only(network, params, x, RNG), y)


def test_the_way_forward_alone_lets_each_way_back_go_before_the_next_layer():
    witness = Witness()
    network = Chain(witness, Chain(witness, witness), witness)
    params, _ = network.init(RNG, (2,))
    forward_only(network, params, np.ones((1, 2)), RNG)
    assert witness.alive == [0, 0, 0, 0]
    network.forward(params, np.ones((1, 2)), train=False, rng=RNG)
    assert witness.alive[4:] == [0, 1, 2, 3], "with a way back all are kept"
