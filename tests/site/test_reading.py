import json

from c2c.records import TranslationRecord
from c2c.site.reading import read_run


def test_records_keep_the_names_of_their_files(whole_run):
    run = read_run(whole_run)

    assert [filed.file for filed in run.filed] == sorted(path.name for path in (whole_run / "records").iterdir())
    assert {type(filed.record) for filed in run.of(TranslationRecord)} == {TranslationRecord}
    assert run.problems == ()


def test_what_cannot_be_read_is_a_problem_without_the_folder_s_name(tmp_path):
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "odd.json").write_text(json.dumps({"kind": "poem"}))
    run = read_run(tmp_path)

    assert run.filed == ()
    assert run.problems[0].startswith("records/odd.json is no c2c record")


def test_an_address_of_a_record_is_quoted(tmp_path, make):
    make.write_cities_and_run(tmp_path)
    (tmp_path / "records" / "run.json").rename(tmp_path / "records" / 'run "1" #2.json')

    assert "records/run%20%221%22%20%232.json" in [filed.href for filed in read_run(tmp_path).filed]
