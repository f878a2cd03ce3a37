import csv
import dataclasses
import io
import json
import re

import pytest

from c2c.site.exports import ALL_RECORDS, csv_of, json_of, latex, latex_of
from c2c.site.reading import read_run
from c2c.site.tables import score_tables

NASTY = '=HYPERLINK("x"), 50% & $a_b$ {\\input{x}} ~^#\n<b> 東京'


@pytest.fixture
def table(tmp_path, make):
    kid = dataclasses.replace(make.score("kid", 0.123456789), interval=(0.1, 0.15), interval_is="halves")
    make.scored(tmp_path, NASTY, "cyclegan", "paris", "burano", 128, (kid, make.score("precision", 0.5)))
    make.scored(tmp_path, "two", "cyclegan", "paris", "burano", 128, (make.score("kid", 0.2), make.score("l1", 0.3)))
    make.scored(tmp_path, "copy-the-input", "", "paris", "burano", 128, (make.score("kid", 0.4),))
    (made,) = score_tables(read_run(tmp_path), [])
    return made


def rows(table):
    return list(csv.DictReader(io.StringIO(csv_of(table))))


def test_csv_has_every_digit_of_every_value_with_its_protocol_and_record(table):
    kids = {row["row"]: row for row in rows(table) if row["metric"] == "kid"}

    assert len(rows(table)) == 5
    assert float(kids["Copy the input"]["value"]) == 0.4
    (first,) = [row for row in kids.values() if row["value"] == "0.123456789"]
    assert (first["low"], first["high"], first["interval"], first["best"]) == ("0.1", "0.15", "halves", "True")
    assert re.fullmatch("[0-9a-f]{12}", first["fingerprint"])
    assert first["record"].startswith("records/score-")


def test_a_name_that_a_spreadsheet_would_take_for_a_formula_is_marked_as_text(table):
    assert f"'{NASTY}" in {row["row"] for row in rows(table)}


def test_json_has_the_protocol_of_every_value(table):
    made = json.loads(json_of(table))

    assert {value["fingerprint"] for value in made["values"]} == set(made["protocols"])
    assert (made["direction"], made["size"]) == ("paris-to-burano", 128)
    assert NASTY in {value["row"] for value in made["values"]}


def test_latex_has_rows_with_spread_or_interval_and_the_protocol_in_the_caption(table):
    made = latex_of(table)

    assert r"\textbf{0.123} {\scriptsize (0.100 to 0.150)}" in made
    assert r"0.200 {\scriptsize $\pm$ 0.016}" in made
    assert "extractor efficientnet-lite0" in made
    assert made.count(r"\toprule") == made.count(r"\bottomrule") == 2  # precision stands in a second one
    main = made.partition(r"\end{table}")[0]
    assert r"\begin{tabular}{lrr}" in main  # KID and L1
    assert {line.count(" & ") for line in main.splitlines() if line.endswith(r"\\")} == {2}


def test_nothing_of_a_name_means_anything_to_latex():
    made = latex(NASTY)

    assert made.startswith(r"=HYPERLINK(\textquotedbl{}x\textquotedbl{}), 50\% \& \$a\_b\$ \{\textbackslash{}input")
    assert "\n" not in made
    plain = re.sub(r"\\(text[a-z]+\{\}|[&%$#_{}])", "", made)
    assert not set(plain) & set('\\&%$#_{}~^<>|"')


def test_the_site_has_every_table_in_every_format_and_links_to_it(whole_run, pages):
    site = whole_run / "site"
    links = {link.get("href") for link in pages["reproduce.html"].all("a")}
    made = {f"tables/{path.name}" for path in (site / "tables").iterdir()}

    assert made <= links
    assert len(made) == 3 * 5 + 1
    assert made - {ALL_RECORDS} <= {link.get("href") for link in pages["index.html"].all("a")}


def test_all_records_in_one_file_are_the_records_that_can_be_read(whole_run):
    made = json.loads((whole_run / "site" / ALL_RECORDS).read_text())

    assert made["records"] == {
        path.name: json.loads(path.read_text()) for path in sorted((whole_run / "records").glob("*.json"))
    }
