"""Score tables to take away, as CSV, JSON and LaTeX, and all records in one file.

CSV and JSON hold every digit, a line or an object for each value, with its protocol's fingerprint and its record.
LaTeX holds what the page shows, and says in the caption how it was measured.
"""

import csv
import io
import json
import re
from collections.abc import Iterator

from c2c.records.types import SCHEMA
from c2c.site.reading import RunFolder
from c2c.site.tables import Entry, Row, ScoreTable

ALL_RECORDS = "tables/all-records.json"
COLUMNS = (
    "direction", "size", "row", "role", "metric", "against", "better", "value", "low", "high", "interval", "spread",
    "spread_is", "n", "n_reference", "fingerprint", "best", "beside_copy", "record",
)  # fmt: skip
LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': r"\textquotedbl{}", "→": r"$\rightarrow$", "−": "$-$", "±": r"$\pm$", "δ": r"$\delta$",
    "∞": r"$\infty$", "≈": r"$\approx$", "×": r"$\times$", "–": "--", "—": "---", "…": r"\dots{}", "“": "``", "”": "''",
}  # fmt: skip
PREAMBLE = "% Needs the packages booktabs and fontenc with T1; where names are not Latin, compile with LuaLaTeX.\n"


def files_of(tables: list[ScoreTable]) -> dict[str, str]:
    """Every score table in each format, by address."""
    write = {"CSV": csv_of, "LaTeX": latex_of, "JSON": json_of}
    return {address: write[name](table) for table in tables for name, address in table.files.items()}


def all_records(run: RunFolder) -> str:
    """Every record that can be read, as one JSON object by file name; each as its file has it."""
    parts = (f"{json.dumps(f.file)}: {(run.root / 'records' / f.file).read_text('utf-8').strip()}" for f in run.filed)
    return f'{{"format": "c2c records", "schema": {SCHEMA}, "records": {{\n' + ",\n".join(parts) + "\n}}\n"


def csv_of(table: ScoreTable) -> str:
    """A line for each value."""
    made = io.StringIO()
    writer = csv.DictWriter(made, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _cell(value[name]) for name in COLUMNS} for value in values_of(table))
    return made.getvalue()


def json_of(table: ScoreTable) -> str:
    """The values with their protocols, each protocol once by its fingerprint."""
    entries = [entry for _, entry in _entries(table)]
    protocols = {entry.score.fingerprint: entry.score.protocol for entry in entries}
    whole = {
        "format": "c2c score table",
        "direction": table.direction_key,
        "size": table.size,
        "values": list(values_of(table)),
        "protocols": dict(sorted(protocols.items())),
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def values_of(table: ScoreTable) -> Iterator[dict[str, object]]:
    """Every value of a table with all digits, as one flat record each."""
    for row, entry in _entries(table):
        score = entry.score
        low, high = score.interval or (None, None)
        yield dict(
            zip(
                COLUMNS,
                (
                    table.direction_key, table.size, row.name, row.role, score.metric, score.against, score.better,
                    score.value, low, high, score.interval_is, score.spread, score.spread_is, score.n,
                    score.n_reference, score.fingerprint, entry.best, entry.beside_copy, entry.href,
                ),
                strict=True,
            )
        )  # fmt: skip


def latex_of(table: ScoreTable) -> str:
    """The table as booktabs sets it, and a second one of the metrics that the page keeps folded."""
    both = [part for part in (table, table.more) if part and part.headings]
    return PREAMBLE + "\n".join(_tabular(part) for part in both)


def _entries(table: ScoreTable) -> Iterator[tuple[Row, Entry]]:
    for part in (table, table.more):
        for row in part.rows if part else ():
            yield from ((row, entry) for entry in row.entries if entry)


def _tabular(table: ScoreTable) -> str:
    columns = "l" + "r" * len(table.headings)
    arrows = {"lower": r"$\downarrow$", "higher": r"$\uparrow$"}
    heads = ["Approach", *(f"{latex(heading.name)} {arrows[heading.better]}" for heading in table.headings)]
    lines = [f"{latex(row.name)} & {' & '.join(_latex_cells(row, len(table.headings)))} \\\\" for row in table.rows]
    return "\n".join(
        [
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{_caption(table)}}}",
            rf"\begin{{tabular}}{{{columns}}}",
            r"\toprule",
            " & ".join(heads) + r" \\",
            r"\midrule",
            *lines,
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
            "",
        ]
    )


def _latex_cells(row: Row, width: int) -> list[str]:
    if row.message:
        return [rf"\multicolumn{{{max(width, 1)}}}{{l}}{{{latex(row.message)}}}"]
    return [_latex_cell(entry) for entry in row.entries]


def _latex_cell(entry: Entry | None) -> str:
    if entry is None:
        return "--"
    value = rf"\textbf{{{latex(entry.text)}}}" if entry.best else latex(entry.text)
    mark = rf"\textsuperscript{{{entry.mark}}}" if entry.mark else ""
    spread = entry.spread if entry.spread.startswith("±") or not entry.spread else f"({entry.spread})"
    return f"{value}{mark}" + (rf" {{\scriptsize {latex(spread)}}}" if spread else "")


def _caption(table: ScoreTable) -> str:
    """What was measured and how, so that a number keeps its protocol when it leaves the site."""
    how = [
        f"{heading.name}, against {heading.against}: {', '.join(f'{key} {value}' for key, value in heading.protocol)}."
        for heading in table.headings
    ]
    n = f" ({table.n})" if table.n else ""
    return latex(" ".join([f"{table.direction} at {table.size} px{n}.", *how, *table.notes]))


def latex(text: str) -> str:
    """Text with every letter that means something to LaTeX written out."""
    plain = re.sub(r"[\x00-\x1f\x7f]+", " ", text)
    return "".join(LATEX.get(letter, letter) for letter in plain)


def _cell(value: object) -> object:
    """A cell of CSV: text that a spreadsheet would take for a formula is marked as text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
