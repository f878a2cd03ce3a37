import json

from c2c.records import Event, Sample
from c2c.training.log import TrainingLog, best_of, clock, curves, events, rates, read_log, samples


def filled(path):
    log = TrainingLog(path)
    log.keep_until(0)
    log.add(2, losses={"l1": 1.0}, gradient_norms={"g": 5.0}, rate=0.1)
    log.add(2, validation={"kid": 0.5}, score=0.5, best=True)
    log.add(4, losses={"l1": 0.5}, gradient_norms={"g": 4.0}, rate=0.05)
    log.add(4, validation={"kid": 0.4}, score=0.4, best=True)
    log.add(4, samples=[{"direction": "d", "picture": "p", "input": "i.png", "output": "o.png"}])
    log.add(6, losses={"l1": 0.25}, gradient_norms={"g": 3.0}, rate=0.0)
    log.add(6, validation={"kid": 0.4}, score=0.4, best=False)
    log.add(6, event="collapse", message="all alike")
    return log


def test_every_line_of_the_file_is_an_entry(tmp_path):
    log = filled(tmp_path / "log.jsonl")

    assert [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()] == log.entries
    assert read_log(tmp_path / "log.jsonl") == log.entries


def test_curves_and_rates_are_read_back_by_step(tmp_path):
    entries = filled(tmp_path / "log.jsonl").entries

    assert curves(entries, "losses") == {"l1": [(2, 1.0), (4, 0.5), (6, 0.25)]}
    assert curves(entries, "validation") == {"kid": [(2, 0.5), (4, 0.4), (6, 0.4)]}
    assert rates(entries) == [(2, 0.1), (4, 0.05), (6, 0.0)]


def test_the_clock_is_read_from_the_entries_that_tell_the_time(tmp_path):
    log = filled(tmp_path / "log.jsonl")
    log.add(8, losses={"l1": 0.2}, gradient_norms={}, rate=0.0, seconds=12.5)

    assert clock(log.entries) == [(8, 12.5)]


def test_events_and_samples_are_read_back(tmp_path):
    entries = filled(tmp_path / "log.jsonl").entries

    assert events(entries) == (Event(6, "collapse", "all alike"),)
    assert samples(entries, "there") == (Sample(4, "d", "p", "there/i.png", "there/o.png"),)


def test_of_two_equal_scores_the_earlier_is_the_best(tmp_path):
    assert best_of(filled(tmp_path / "log.jsonl").entries) == (4, 0.4)
    assert best_of([]) is None


def test_a_resumed_log_forgets_what_comes_after_its_step(tmp_path):
    filled(tmp_path / "log.jsonl")
    log = TrainingLog(tmp_path / "log.jsonl")

    log.keep_until(4)

    assert max(entry["step"] for entry in log.entries) == 4
    assert read_log(tmp_path / "log.jsonl") == log.entries


def test_a_line_torn_by_a_kill_ends_the_log(tmp_path):
    log = filled(tmp_path / "log.jsonl")
    text = (tmp_path / "log.jsonl").read_text()
    (tmp_path / "log.jsonl").write_text(text[:-9])

    assert read_log(tmp_path / "log.jsonl") == log.entries[:-1]


def test_the_same_event_is_told_once(tmp_path):
    log = filled(tmp_path / "log.jsonl")

    log.add(6, event="collapse", message="all alike")

    assert len(events(log.entries)) == 1


def test_without_a_path_nothing_is_written(tmp_path):
    filled(None)

    assert list(tmp_path.iterdir()) == []


def test_a_listener_hears_of_every_entry():
    log, heard = TrainingLog(None), []
    log.listeners.append(heard.append)

    log.add(1, rate=0.5)

    assert heard == [{"step": 1, "rate": 0.5}]
