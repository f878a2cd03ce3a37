import math
from functools import partial

import numpy as np
import pytest

from c2c.timing.verdicts import FEWEST, USUAL, USUAL_WEIGHT, Round, Twins, decide, looks_within, t_quantile, t_tail

FIRST, MOST = 12, 192  # as in a check; 192 rounds of 6 turns of a quarter of a second are 5 minutes
CASES = 10
CHECKS = 100
ALIKE = Twins(0.001, 100)


def machine(chance: np.random.Generator, turns: int, wobble: float, alike: float, tail: float) -> np.ndarray:
    """How much slower than at its best a busy machine is in each turn, as a logarithm.

    Heavy-tailed noise that resembles its neighbours, a drift of 30%, a neighbour that comes and goes and takes a third,
    and single hiccups.
    """
    steps = chance.standard_t(tail, turns) * wobble / math.sqrt(tail / (tail - 2)) * math.sqrt(1 - alike**2)
    weights = alike ** np.arange(200)
    slow = np.convolve(steps, weights)[:turns] + np.linspace(0, chance.choice([-1, 1]) * math.log(1.3), turns)
    neighbour = np.cumsum(chance.random(turns) < 1 / 40) % 2
    hiccups = (chance.random(turns) < 0.05) * chance.exponential(0.3, turns)
    return slow + 0.3 * neighbour + hiccups + chance.normal(0, 0.01, turns)


QUIET = partial(machine, wobble=0.01, alike=0.5, tail=5)
BUSY = partial(machine, wobble=0.03, alike=0.8, tail=3)
ROUGH = partial(machine, wobble=0.06, alike=0.95, tail=3)


def check_of(chance: np.random.Generator, noise, slower: float, luck: float = 0.01, cases: int = CASES) -> list[str]:
    """What a check says of its cases in the end.

    Every generation of a case has processes of its own, each of them a little faster or slower for all of its life.
    """
    looks = looks_within(MOST, FIRST)
    watched = [rounds_of(chance, noise, slower, luck) for _ in range(cases)]
    said, n = ["inconclusive"] * cases, [0] * cases
    for look in range(looks):
        still_open = [
            case for case in range(cases) if said[case] == "inconclusive" or (said[case] != "tie" and look < 2)
        ]
        for case in still_open:
            n[case] = FIRST * 2**look
        seen = [[one.noise for one in rounds[at : at + FIRST]] for rounds, last in zip(watched, n, strict=True)
                for at in range(0, last, FIRST)]  # fmt: skip
        for case in still_open:
            rounds = watched[case][: n[case]]
            ratios, still = [one.ratio for one in rounds], [one.noise for one in rounds]
            said[case] = decide(ratios, still, looks * cases, Twins.seen(seen), n[case] // FIRST).verdict
    return said


def rounds_of(chance: np.random.Generator, noise, slower: float, luck: float) -> list[Round]:
    turns = noise(chance, 6 * MOST).reshape(MOST, 6)
    luck_of = np.repeat(chance.normal(0, luck, (MOST // FIRST, 3)), FIRST, axis=0)
    costs = np.exp(turns + luck_of[:, [0, 1, 2, 2, 1, 0]]) * [1, 1, slower, slower, 1, 1]
    return [Round((x[0], x[5]), (x[1], x[4]), (x[2], x[3])) for x in costs.tolist()]


def verdicts_of(chance: np.random.Generator, noise, slower: float, cases: int) -> list[str]:
    """The verdicts on so many cases, in checks of ten."""
    return [said for _ in range(cases // CASES) for said in check_of(chance, noise, slower)]


@pytest.mark.parametrize("noise", [QUIET, BUSY, ROUGH])
def test_unchanged_code_is_called_worse_in_at_most_one_check_of_a_hundred(noise):
    chance = np.random.default_rng(1)
    checks = [check_of(chance, noise, 1.0) for _ in range(CHECKS)]

    assert sum("worse" in check for check in checks) <= 1


@pytest.mark.parametrize("cases", [1, CASES])
def test_processes_that_differ_by_3_percent_for_all_of_their_lives_raise_no_more_false_alarms(cases):
    chance = np.random.default_rng(9)
    checks = [check_of(chance, QUIET, 1.0, 0.03, cases) for _ in range(CHECKS)]

    assert sum("worse" in check for check in checks) <= 1


def test_unchanged_code_is_a_tie_in_nine_cases_of_ten_on_a_busy_machine():
    chance = np.random.default_rng(2)

    assert verdicts_of(chance, BUSY, 1.0, 100).count("tie") >= 90


@pytest.mark.parametrize("noise", [QUIET, BUSY])
def test_a_loss_of_10_percent_is_found_in_nine_checks_of_ten_within_the_rounds_of_5_minutes(noise):
    chance = np.random.default_rng(3)

    assert verdicts_of(chance, noise, 1.1, 100).count("worse") >= 90


@pytest.mark.parametrize("noise", [QUIET, BUSY, ROUGH])
def test_a_loss_of_25_percent_is_found_every_time(noise):
    chance = np.random.default_rng(4)

    assert set(verdicts_of(chance, noise, 1.25, 50)) == {"worse"}


def test_a_gain_is_as_certain_as_a_loss():
    chance = np.random.default_rng(5)

    assert verdicts_of(chance, BUSY, 1 / 1.1, 50).count("better") >= 45


def test_a_steady_drift_of_30_percent_within_a_round_leaves_its_ratios_alone():
    turns = np.exp(np.linspace(0, math.log(1.3), 6)).tolist()
    found = Round((turns[0], turns[5]), (turns[1], turns[4]), (turns[2], turns[3]))

    assert found.ratio == pytest.approx(1)
    assert found.noise == pytest.approx(1)


def test_an_effect_within_what_the_machine_does_to_unchanged_code_is_never_worse():
    chance = np.random.default_rng(6)
    ratios, noise = np.exp(chance.normal(0.08, 0.002, 50)), np.exp(chance.normal(0.09, 0.002, 50))
    decision = decide(ratios.tolist(), noise.tolist())

    assert decision.verdict == "inconclusive"
    assert decision.threshold is not None
    assert decision.threshold > 0.08


def test_a_loss_that_is_certain_but_too_small_to_matter_is_a_tie():
    ratios = np.exp(np.random.default_rng(7).normal(0.02, 0.002, 50)).tolist()
    decision = decide(ratios, [1.0, 1.001] * 25, twins=ALIKE)

    assert decision.verdict == "tie"
    assert decision.p is not None
    assert decision.p < 1e-6


def test_twins_are_thought_usual_until_they_were_seen_and_then_what_they_were_seen_to_be():
    assert Twins.seen([]).sd == pytest.approx(USUAL)
    assert Twins.seen([]).freedom == pytest.approx(USUAL_WEIGHT)

    chance = np.random.default_rng(10)
    lives = chance.normal(0, 0.03 * math.sqrt(2), 400)  # noise is the difference of two processes
    seen = Twins.seen(np.exp(chance.normal(life, 0.001, 12)).tolist() for life in lives)

    assert seen.sd == pytest.approx(0.03, rel=0.1)
    assert seen.freedom > 400


def test_more_processes_make_more_certain_what_more_rounds_of_the_same_do_not():
    ratios, noise, twins = [1.1, 1.11] * 24, [1.0, 1.01] * 24, Twins(0.03, 100)

    assert decide(ratios, noise, 50, twins, generations=1).verdict == "inconclusive"
    assert decide(ratios, noise, 50, twins, generations=8).verdict == "worse"


def test_too_few_rounds_say_nothing():
    decision = decide([2.0] * (FEWEST - 1), [1.0] * (FEWEST - 1))

    assert (decision.verdict, decision.effect) == ("inconclusive", None)


def test_rounds_without_any_scatter_are_decided_too():
    assert decide([1.0] * 12, [1.0] * 12, twins=ALIKE).verdict == "tie"
    assert decide([1.2] * 12, [1.0] * 12, twins=ALIKE).verdict == "worse"


def test_more_looks_and_cases_need_more_certainty():
    ratios = np.exp(np.random.default_rng(8).normal(0.12, 0.12, 24)).tolist()
    noise = [1.0, 1.01] * 12

    assert decide(ratios, noise, 1, ALIKE).verdict == "worse"
    assert decide(ratios, noise, 100_000, ALIKE).verdict == "inconclusive"


@pytest.mark.parametrize(("freedom", "t"), [(1, 12.706), (5, 2.571), (9, 2.262), (30, 2.042), (1000, 1.962)])
def test_students_t_is_that_of_the_printed_tables(freedom, t):
    assert t_quantile(0.025, freedom) == pytest.approx(t, abs=1e-3)
    assert t_tail(t, freedom) == pytest.approx(0.025, rel=1e-3)
    assert t_tail(0.0, freedom) == pytest.approx(0.5, rel=1e-6)


def test_every_look_doubles_the_rounds():
    assert looks_within(192, 12) == 5
    assert looks_within(12, 12) == 1
