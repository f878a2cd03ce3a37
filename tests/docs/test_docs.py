"""What the README and the documentation tell people to type exists, and their links lead somewhere."""

import ast
import contextlib
import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest

from c2c.cli import main
from c2c.recipe import load_recipe, packaged_recipes, recipe_from

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *(path for path in DOCS.rglob("*.md") if "_build" not in path.parts)])
DEMO = "python -m pip install nox && nox -s demo"
TESTS = "python -m pip install nox && nox -s tests"

named = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def typed(page: Path) -> list[list[str]]:
    """Every c2c command that the page shows, as words."""
    shown = [line for block in blocks(page, "shell") for line in block.splitlines()]
    shown += re.findall(r"`([^`\n]+)`", prose(page))
    words = [shlex.split(line.split(" > ")[0], comments=True) for line in shown if line.startswith("c2c ")]
    return [line[1:] for line in words if not line[1].isupper()]  # c2c COMMAND --help


def parsed(words: list[str]) -> click.Context:
    """The command as click understands it, not invoked."""
    command: click.Command = main
    while isinstance(command, click.Group):
        if not words:
            return click.Context(command)  # `c2c weights`, said in prose
        assert words[0] in command.commands, f"there is no command c2c {words[0]}"
        command, words = command.commands[words[0]], words[1:]
    return command.make_context(command.name, list(words))


def sessions() -> set[str]:
    """The sessions of the noxfile."""
    body = ast.parse((ROOT / "noxfile.py").read_text(encoding="utf-8")).body
    functions = [node for node in body if isinstance(node, ast.FunctionDef)]
    return {node.name for node in functions if any("session" in ast.unparse(mark) for mark in node.decorator_list)}


def headings(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub and MyST make them."""
    found = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).strip().replace(" ", "-") for heading in found}


@pytest.mark.parametrize("command", [DEMO, TESTS])
def test_the_readme_shows_the_command_as_a_line_of_its_own(command):
    assert command in [line for block in blocks(ROOT / "README.md", "shell") for line in block.splitlines()]


@named
def test_every_nox_session_that_a_page_names_exists(page):
    named_here = set(re.findall(r"\bnox -s (\w+)", page.read_text(encoding="utf-8")))

    assert named_here <= sessions()


@named
def test_every_command_of_a_page_is_one_that_c2c_understands(page):
    for words in typed(page):
        with contextlib.suppress(click.MissingParameter):  # `c2c run`, said in prose
            parsed(words)


@named
def test_every_setting_that_a_page_gives_to_a_packaged_recipe_is_known(page):
    for words in typed(page):
        if words[0] in ("run", "prepare") and len(words) > 1 and words[1] in packaged_recipes():
            load_recipe(words[1], parsed(words).params["overrides"])


@named
def test_every_recipe_that_a_page_shows_can_be_read(page):
    for block in blocks(page, "toml"):
        table = tomllib.loads(block)
        cities = table.get("cities", {})
        one = {"kind": "neural_style", "content": next(iter(cities), ""), "style": next(iter(cities), "")}
        recipe_from({"name": "shown", "title": "shown", "approaches": {"one": one}, **table})


def test_the_readme_names_every_packaged_recipe():
    text = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [name for name in packaged_recipes() if f"`{name}`" not in text] == []


def test_a_page_shows_commands():
    assert sum(len(typed(page)) for page in PAGES) > 30
    assert {words[0] for page in PAGES for words in typed(page)} == set(main.commands)


@named
def test_every_link_of_a_page_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if target.startswith(("https://", "http://")):
            continue
        file, _, anchor = target.partition("#")
        aim = (page.parent / file).resolve() if file else page
        assert aim.exists(), f"{target} is missing"
        assert not anchor or anchor in headings(aim), f"{aim.name} has no heading #{anchor}"


@named
def test_every_entry_of_a_table_of_contents_is_a_page(page):
    for block in blocks(page, "{toctree}"):
        for entry in [line for line in block.splitlines() if line and not line.startswith(":")]:
            assert (page.parent / f"{entry}.md").is_file(), f"{entry} is missing"


def test_every_page_of_the_docs_stands_in_a_table_of_contents():
    listed = {
        (page.parent / f"{entry}.md").resolve()
        for page in PAGES
        for block in blocks(page, "{toctree}")
        for entry in block.split()
    }

    assert [page for page in PAGES if DOCS in page.parents and page != DOCS / "index.md" and page not in listed] == []
