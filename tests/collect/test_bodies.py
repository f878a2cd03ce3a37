import gzip
import os

import pytest

from c2c.collect.bodies import GzipBody, PlainBody
from c2c.collect.failures import BadAnswer, Transient


def filled(body, data, step=7):
    for start in range(0, len(data), step):
        body.add(data[start : start + step])
    return body.whole()


@pytest.mark.parametrize("data", [b"", b"{}", os.urandom(5000), bytes(90_000)])
def test_what_came_in_pieces_is_whole(data):
    assert filled(PlainBody("it", 100_000), data) == data
    assert filled(GzipBody("it", 100_000), gzip.compress(data)) == data


def test_the_bound_holds_for_what_comes_and_for_what_it_unpacks_to():
    for body, data in ((PlainBody, bytes(11)), (GzipBody, gzip.compress(bytes(11))), (GzipBody, os.urandom(11))):
        with pytest.raises((BadAnswer, Transient)):
            filled(body("it", 10), data)
    packed = GzipBody("it", 1000)
    with pytest.raises(BadAnswer, match="larger than 1000 bytes"):
        packed.add(gzip.compress(bytes(900_000)))


def test_a_file_is_unpacked_no_further_than_it_is_taken():
    assert filled(GzipBody("it", 1000), gzip.compress(bytes(1000)), 1) == bytes(1000)
    with pytest.raises(BadAnswer):
        filled(GzipBody("it", 999), gzip.compress(bytes(1000)), 1)


def test_one_file_comes_and_nothing_after_it():
    packed = gzip.compress(b"{}")
    for extra in (b"x", packed):
        with pytest.raises(BadAnswer, match="goes on after the end"):
            filled(GzipBody("it", 1000), packed + extra, 1)
    with pytest.raises(Transient, match="ended before"):
        filled(GzipBody("it", 1000), packed[:-1])
