"""`c2c votes`: adds up what people said in the blind study; works without torch."""

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from c2c.cli.common import run_folder

if TYPE_CHECKING:
    from rich.table import Table

    from c2c.records import Provenance, VotesRecord
    from c2c.site.reading import RunFolder
    from c2c.site.study import Study
    from c2c.site.study_results import ResultRow, Results
    from c2c.site.votes import Handed


@click.command()
@run_folder
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, dir_okay=False), metavar="[FILE]…")
@click.option("--json", "as_json", is_flag=True, help="Print the record, for machines.")
def votes(folder: Path, files: tuple[Path, ...], as_json: bool) -> None:
    """Add up the votes of RUN's blind study.

    Each FILE was saved by a visitor on the page "Blind study" of the run's site. The files are kept in RUN/votes, so
    later ones can be added; without FILE, those that are there are added up again. Then build the site anew.

    \b
    Examples:
        c2c votes runs/toytown anna.json ben.json
        c2c votes runs/toytown --json
    """
    from c2c.records import write_record
    from c2c.site.reading import read_run
    from c2c.site.votes import FOLDER, add_up, read_votes

    run = read_run(folder)
    study = _study_of(run)
    handed = [read_votes(path, study) for path in files]
    for path, one in zip(files, handed, strict=True):
        kept = folder / one.file
        kept.parent.mkdir(exist_ok=True)
        if not kept.exists():
            shutil.copyfile(path, kept)
    counted = _of_this_study(folder / FOLDER, study)
    record = add_up(study, counted, _provenance(run))
    written = write_record(folder / "records", record)
    if as_json:
        click.echo(json.dumps(asdict(record), indent=1, ensure_ascii=False))
    else:
        _print(record, written, study, folder)


def _study_of(run: "RunFolder") -> "Study":
    from c2c.errors import RunError
    from c2c.site.study import study_of

    if not (run.root / "records").is_dir():
        raise RunError(f"{run.root} holds no run: there is no folder {run.root / 'records'}.\nMake one with c2c run.")
    study = study_of(run)
    if study is None:
        raise RunError(f"{run.root} has no blind study: it needs translated pictures, and real ones beside them.")
    return study


def _of_this_study(folder: Path, study: "Study") -> "list[Handed]":
    """The files of the run's folder of votes; those on earlier pictures are told and left out."""
    from c2c.errors import VotesError
    from c2c.site.votes import read_votes, study_named_in

    found = sorted(folder.glob("*.json"))
    ours = [path for path in found if study_named_in(path) == study.id]
    if len(ours) < len(found):
        click.echo(
            f"Left out, since about other pictures: {len(found) - len(ours)} of the files in {folder}.", err=True
        )
    if not ours:
        raise VotesError(
            f"There are no votes on the pictures of {folder.parent} yet.\n"
            "Answer the questions of the page “Blind study” of its site, save the votes, and give the file:\n"
            f"    c2c votes {folder.parent} c2c-votes.json"
        )
    return [read_votes(path, study) for path in ours]


def _provenance(run: "RunFolder") -> "Provenance":
    from c2c.records import RunRecord
    from c2c.records.provenance import provenance

    found = next(iter(run.of(RunRecord)), None)
    told = found.record.provenance if found else None
    return provenance(told.recipe, told.recipe_sha256, told.seed) if told else provenance("", "", 0)


def _print(record: "VotesRecord", written: Path, study: "Study", folder: Path) -> None:
    from rich.console import Console

    from c2c.site.reading import Filed
    from c2c.site.study_results import results_in

    results = results_in(Filed(record, written.name), study)
    console = Console()
    console.print(_shares(results))
    if results.contests:
        console.print(_contests(results))
    repeated = sum(file.repeated for file in record.files)
    said = f"{results.sums}, in {results.files} files"
    console.print(said + (f"; {repeated} were given before and count once." if repeated else "."), highlight=False)
    console.print(f"{written} is written. Show it on the site:", highlight=False, soft_wrap=True)
    console.print(f"    c2c site {folder}", highlight=False, soft_wrap=True)


def _shares(results: "Results") -> "Table":
    from rich.markup import escape
    from rich.table import Table

    city = bool(results.guess_city)
    heads = ["pictures", "answers", "taken for real", *(["the right city"] if city else []), ""]
    table = Table(*heads, title="Taken for real", title_justify="left", box=None)
    for row in results.rows:
        cells = [_cell(row, "real"), *([_cell(row, "city")] if city else [])]
        table.add_row(escape(f"{row.name} {row.about}".strip()), f"{row.answers:,}", *cells, row.verdict)
    table.add_row("guessing", "", "50%", *([results.guess_city] if city else []), "")
    return table


def _cell(row: "ResultRow", which: str) -> str:
    share = getattr(row, which)
    return f"{share.text} ({share.interval})" if share else "–"


def _contests(results: "Results") -> "Table":
    from rich.markup import escape
    from rich.table import Table

    table = Table(
        "direction", "pictures", "chosen", "share", title="\nLooks more like it", title_justify="left", box=None
    )
    for contest in results.contests:
        for number, one in enumerate(contest.standings):
            share = f"{one.share.text} ({one.share.interval})"
            table.add_row(
                "" if number else escape(contest.title), escape(one.name), f"{one.chosen} of {one.compared}", share
            )
    return table
