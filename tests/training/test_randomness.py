import numpy as np

from homespun.training.randomness import Purpose, generator


def test_the_same_place_gives_the_same_draws():
    first, again = (generator(7, Purpose.SHARD, 1, 2, 3).random(1000) for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_every_other_place_gives_other_draws():
    places = [
        (7, Purpose.SHARD, 1, 2, 3),
        (8, Purpose.SHARD, 1, 2, 3),
        (7, Purpose.SHUFFLE, 1, 2, 3),
        (7, Purpose.SHARD, 2, 2, 3),
        (7, Purpose.SHARD, 1, 3, 3),
        (7, Purpose.SHARD, 1, 2, 4),
    ]
    draws = {float(generator(*place).random()) for place in places}
    assert len(draws) == len(places)


def test_neighbouring_shards_do_not_overlap():
    """A shard may draw for long: a million draws of one share nothing with the next one's."""
    one = generator(0, Purpose.SHARD, shard=0).integers(0, 2**63, 1_000_000)
    other = generator(0, Purpose.SHARD, shard=1).integers(0, 2**63, 1_000_000)
    assert not np.isin(one, other).any()
