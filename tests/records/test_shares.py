import pytest

from c2c.records import difference_of_shares, share_interval


def test_the_interval_of_a_share_is_wilsons():
    assert share_interval(0.5, 100).low == pytest.approx(0.4038, abs=1e-4)
    none = share_interval(0.0, 32)
    assert (none.low, none.high) == (pytest.approx(0, abs=1e-12), pytest.approx(0.1072, abs=1e-4))
    assert share_interval(1.0, 32).high == pytest.approx(1)


def test_the_interval_of_a_difference_is_the_worked_example_of_its_paper():
    found = difference_of_shares(56, 70, 48, 80)

    assert found.value == pytest.approx(0.2)
    assert (found.interval.low, found.interval.high) == (
        pytest.approx(0.0524, abs=1e-4),
        pytest.approx(0.3339, abs=1e-4),
    )
    assert not found.is_tie


def test_none_of_ten_against_none_of_twenty_is_a_tie_with_room_on_both_sides():
    found = difference_of_shares(0, 10, 0, 20)

    assert found.is_tie
    assert (found.interval.low, found.interval.high) == (
        pytest.approx(-0.1611, abs=1e-4),
        pytest.approx(0.2775, abs=1e-4),
    )


def test_turned_round_a_difference_has_the_other_sign():
    there, back = difference_of_shares(7, 9, 3, 11), difference_of_shares(3, 11, 7, 9)

    assert (there.value, there.interval.low) == (-back.value, pytest.approx(-back.interval.high))
