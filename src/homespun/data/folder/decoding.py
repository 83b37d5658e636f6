"""Every picture of a listing is opened once: its facts are noted, its pixels kept in one file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from homespun.data.fetch import Say
from homespun.data.folder.cache import Cache
from homespun.data.folder.facts import FACTS, Survey, note
from homespun.data.folder.listing import Listing
from homespun.data.folder.opening import UnreadableError, in_threads, open_picture
from homespun.data.folder.twins import groups_of_twins
from homespun.data.photo.prepare import prepare
from homespun.data.stored_images import StoredImages, store_images
from homespun.types import ByteArray, Shape

_TELL_EACH = 2000


def decoded(
    listing: Listing, in_shape: Shape, cache: Cache, threads: int | None, say: Say
) -> tuple[StoredImages, Survey]:
    """Return the pictures brought to one shape, and what is known of each.

    There is a picture for each entry of the listing, in its order; what cannot be read is black.
    They come from the cache, or are put there.

    Raises:
        FileError: the cache cannot be written.
    """
    n = len(listing.entries)
    survey = cache.survey(in_shape, n)
    if survey is None:
        with cache.lock(say):
            survey = cache.survey(in_shape, n)  # perhaps another process made it meanwhile
            if survey is None:
                say(f"decoding {n:,} pictures of {listing.root}, once")
                survey = _decode(listing, in_shape, cache, threads, say)
    return StoredImages(cache.pictures(in_shape)), survey


def _decode(
    listing: Listing, in_shape: Shape, cache: Cache, threads: int | None, say: Say
) -> Survey:
    n = len(listing.entries)
    survey = Survey(np.zeros(n, FACTS), {})

    def work(i: int) -> ByteArray:
        try:
            content, photo = open_picture(Path(listing.root, listing.entries[i].place))
        except UnreadableError as error:
            survey.problems[i] = str(error)
            return np.zeros((1, *in_shape), np.uint8)
        note(survey.facts[i], content, photo)
        return prepare(photo, in_shape, cache.preparation).pixels[np.newaxis]

    def pictures() -> Iterator[ByteArray]:
        for done, picture in enumerate(in_threads(work, range(n), threads), 1):
            yield picture
            if done % _TELL_EACH == 0:
                say(f"decoded {done:,} of {n:,}")

    cache.make_room(in_shape)
    store_images(cache.pictures(in_shape), (n, *in_shape), pictures())
    facts = survey.facts
    facts["group"] = groups_of_twins(facts["sha256"], facts["hash"], facts["has_hash"])
    cache.keep_survey(in_shape, survey)
    return survey
