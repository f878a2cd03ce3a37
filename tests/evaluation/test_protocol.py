import pytest

from c2c.evaluation.protocol import extractor_of, fingerprint, protocol_of


def stated(colours, **changes):
    facts = {"metric": "kid", "size": (128, 128), "n": 48, "n_reference": 48, "reference_sha256": "ab"} | changes
    return protocol_of(**facts) | extractor_of(colours)


def test_a_fingerprint_is_twelve_hexadecimal_digits_whatever_the_order_of_the_items(colours):
    protocol = stated(colours)

    assert len(fingerprint(protocol)) == 12
    assert int(fingerprint(protocol), 16) >= 0
    assert fingerprint(protocol) == fingerprint(dict(reversed(protocol.items())))


@pytest.mark.parametrize(
    "change",
    [{"metric": "fid"}, {"size": (256, 256)}, {"n": 47}, {"n_reference": 47}, {"reference_sha256": "cd"}],
)
def test_whatever_moves_the_number_moves_the_fingerprint(colours, change):
    assert fingerprint(stated(colours, **change)) != fingerprint(stated(colours))


@pytest.mark.parametrize("item", ["extractor", "weights_sha256", "resize", "codec", "dtype"])
def test_another_way_of_seeing_moves_the_fingerprint(colours, item):
    assert fingerprint(stated(colours) | {item: "another"}) != fingerprint(stated(colours))
