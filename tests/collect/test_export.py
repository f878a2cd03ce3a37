import json
from dataclasses import replace

import pytest

from c2c.collect.export import Exported, export
from c2c.collect.names import stem_of
from c2c.collect.pictures import CollectedPicture, Rights, read_all_collected, record_text
from c2c.errors import CollectError, OutputError

OPEN = Rights("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/", "Ada", "by Ada", "https://a.example", True)
RIGHTS = {
    "open": OPEN,
    "also-open": OPEN,
    "not-for-money": replace(
        OPEN, licence="CC BY-NC 2.0", licence_url="https://creativecommons.org/licenses/by-nc/2.0/"
    ),
    "closed": replace(OPEN, licence="Google Maps terms of service", licence_url="", redistributable=False),
}


def add(collection, id, rights, **changes):
    record = CollectedPicture(
        "toytown", id, "panorama", None, "", 9, 9, rights, None, 0.0, 0.0, (), (), f"panoramas/{id}.jpg",
        f"payloads/{id}.txt", "0", 100, "", "",
    )  # fmt: skip
    for name in (record.picture, record.payload):
        (collection / name).parent.mkdir(parents=True, exist_ok=True)
        (collection / name).write_text(id * 10)
    path = collection / "records" / f"{stem_of('toytown', id)}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(record_text(replace(record, **changes)))


@pytest.fixture
def collection(tmp_path):
    for id, rights in RIGHTS.items():
        add(tmp_path / "paris", id, rights)
    return tmp_path / "paris"


def ids(folder):
    return sorted(record.id for record in read_all_collected(folder))


def test_a_public_copy_leaves_out_what_may_not_travel_and_says_how_much(collection, tmp_path):
    done = export(collection, tmp_path / "out", public=True)

    assert done == Exported(3, 300, {"Google Maps terms of service": 1}, 100)
    assert ids(tmp_path / "out") == ["also-open", "not-for-money", "open"]
    everything = [path.read_text() for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert not any("closed" in text or "Google" in text for text in everything)


def test_a_copy_to_earn_money_with_leaves_out_more(collection, tmp_path):
    for public in (True, False):
        done = export(collection, tmp_path / f"out-{public}", public=public, commercial=True)

        assert ids(tmp_path / f"out-{public}") == ["also-open", "open"]
        assert done.left_out == {"CC BY-NC 2.0": 1, "Google Maps terms of service": 1}


def test_a_copy_for_another_machine_has_everything(collection, tmp_path):
    export(collection, tmp_path / "out", public=False)

    assert ids(tmp_path / "out") == sorted(RIGHTS)
    for record in read_all_collected(tmp_path / "out"):
        for name in (record.picture, record.payload):
            assert (tmp_path / "out" / name).read_bytes() == (collection / name).read_bytes()


def test_the_credits_of_a_copy_are_those_of_what_it_holds(collection, tmp_path):
    export(collection, tmp_path / "out", public=True)
    text = (tmp_path / "out" / "ATTRIBUTION.md").read_text()

    assert "3 pictures" in text
    assert "closed" not in text


def test_where_nothing_may_travel_nothing_is_written(tmp_path):
    add(tmp_path / "paris", "closed", RIGHTS["closed"])

    with pytest.raises(CollectError, match=r"None of the 1 pictures .* 1 under “Google Maps terms of service”"):
        export(tmp_path / "paris", tmp_path / "out", public=True)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_holds_something_is_left_alone(collection, tmp_path):
    with pytest.raises(OutputError, match="holds something already"):
        export(collection, collection, public=True)


def test_a_record_of_others_cannot_lead_out_of_the_folder(collection, tmp_path):
    (tmp_path / "secret.txt").write_text("secret")
    add(collection, "evil", OPEN, picture="../secret.txt")

    with pytest.raises(CollectError, match="outside of"):
        export(collection, tmp_path / "out", public=True)


def test_a_picture_that_is_missing_is_an_error_that_names_it(collection, tmp_path):
    (collection / "panoramas" / "open.jpg").unlink()

    with pytest.raises(CollectError, match=r"open\.jpg is missing"):
        export(collection, tmp_path / "out", public=True)


def test_progress_is_told(collection, tmp_path):
    told = []
    export(collection, tmp_path / "out", public=True, report=lambda done, of_all: told.append((done, of_all)))

    assert told == [(1, 3), (2, 3), (3, 3)]
    assert json.loads(next((tmp_path / "out" / "records").glob("*.json")).read_text())
