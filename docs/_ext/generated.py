"""Reference pages made from the code when the documentation is built, so that they cannot go stale.

A line `% generated: NAME` in a page is replaced by the Markdown that NAME gives. Fields of a dataclass are read out of
its source, because the comments beside them say what they mean. Torch is never imported.
"""

import ast
import dataclasses
import importlib
import inspect
import io
import re
import tokenize
import typing
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from jinja2 import Environment, nodes

from c2c.cli import main
from c2c.recipe import load_recipe, packaged_recipes, schema
from c2c.records import types
from c2c.site.rendering import environment, shipped_templates
from c2c.weights import KNOWN, Download, Package

if TYPE_CHECKING:
    from sphinx.application import Sphinx

MARK = re.compile(r"^% generated: ([a-z-]+)$", re.MULTILINE)
BOUNDS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<"}
ENDLESS = 1e9  # an upper bound that only keeps infinity out


def setup(app: "Sphinx") -> dict[str, Any]:
    """Called by Sphinx: fill the marks of every page that is read."""
    app.connect("source-read", lambda app, name, source: source.__setitem__(0, filled(source[0])))
    return {"parallel_read_safe": True}


def filled(page: str) -> str:
    """A page with every mark replaced by what it names."""
    makers = {
        "recipe": recipe_keys,
        "records": records,
        "commands": commands,
        "weights": weights,
        "recipes": recipes,
        "templates": templates,
        "objects": objects,
    }
    return MARK.sub(lambda mark: makers[mark[1]](), page)


def recipe_keys() -> str:
    """Every table of a recipe with its keys, from `c2c.recipe.schema`."""
    places = {
        "Recipe": "The top of the file",
        "CityRecipe": "`[cities.NAME]`",
        "ApproachRecipe": "`[approaches.NAME]`, of any kind",
        "TrainingRecipe": "`[approaches.NAME.training]`, or `[training]` for all",
        "HealthRecipe": "`[approaches.NAME.training.health]`, or `[training.health]` for all",
    }
    for name, kind in schema.KINDS.items():
        places[kind.__name__] = f'`[approaches.NAME]` with `kind = "{name}"`'
        places.setdefault(_training_of(kind), f'`[approaches.NAME.training]` with `kind = "{name}"`')
    classes = {found.name: found for found in _dataclasses(schema)}
    tables = {_root_name(field): field.target.id for field in _fields(classes["Recipe"])}
    order = ["Recipe", "CityRecipe", "ApproachRecipe", *(kind.__name__ for kind in schema.KINDS.values())]
    order += [name for name in classes if name not in order]
    parts = [_sources(schema)]
    for name in order:
        place = places.setdefault(name, f"`[{tables.get(name)}]`")
        parts += [f"## {place}", _linked(ast.get_docstring(classes[name])), _table(classes[name], schema)]
    page = "\n\n".join(parts)
    for name, place in places.items():
        where = place.partition(",")[0]
        page = page.replace(f"table of `{name}`", f"tables {where}").replace(f"`{name}`", f"table {where}")
    return page


def records() -> str:
    """Every record type with its fields, from `c2c.records.types`."""
    parts = [f"The newest schema is {types.SCHEMA}."]
    for found in _dataclasses(types):
        parts += [f"## `{found.name}`", ast.get_docstring(found) or "", _table(found, types)]
    return "\n\n".join(parts)


def commands() -> str:
    """Every command with its help, in the order of the command line."""
    context = click.Context(main, info_name="c2c")
    return "\n\n".join(_command(name, command, context) for name, command in _tree(main, "c2c"))


def weights() -> str:
    """The pretrained networks, where they come from, and under which licence."""
    parts = []
    for known in KNOWN.values():
        how = "comes with c2c" if isinstance(known.source, Package) else f"{known.size_bytes / 1e6:.0f} MB to fetch"
        where = f" ([file]({known.source.url}))" if isinstance(known.source, Download) else ""
        told = (f"Serves: {known.serves}; {how}.", f"Origin: {known.origin}{where}.", f"Licence: {known.licence}.")
        parts.append("\n: ".join([f"`{known.name}`", *told]))
    return "\n\n".join(parts)


def recipes() -> str:
    """The packaged recipes: name, title, and the comment they open with."""
    rows = []
    for name, path in packaged_recipes().items():
        first = path.read_text(encoding="utf-8").splitlines()[0]
        rows.append(
            (f"`{name}`", load_recipe(name).title, _linked(first.removeprefix("# ")) if first[:1] == "#" else "")
        )
    return _markdown(("recipe", "title", "what it is"), rows)


class Described(NamedTuple):
    """What a template says of itself, and what is in it."""

    name: str
    about: str
    given: dict[str, str]  # name -> what it is: "c2c.site.home.Home", or "list of c2c.site.depth_chain.Chain"
    blocks: list[str]
    macros: list[str]  # with their arguments


def described_templates() -> list[Described]:
    """Every template of the site, from the comment that it opens with and from its blocks and macros."""
    made = environment()
    return [_described(made, path) for path in sorted(shipped_templates().glob("*.html"))]


def _described(made: Environment, path: Path) -> Described:
    source = path.read_text(encoding="utf-8")
    opening = re.match(r"\{#(.*?)#\}", source, re.DOTALL)
    about, _, given = " ".join((opening[1] if opening else "").split()).partition(" Given: ")
    tree = made.parse(source)
    macros = [f"{m.name}({', '.join(argument.name for argument in m.args)})" for m in tree.find_all(nodes.Macro)]
    return Described(
        path.name,
        about,
        {name: kind.removeprefix("a ") for name, kind in re.findall(r"(\w+) \(([^)]+)\)", given)},
        [block.name for block in tree.find_all(nodes.Block)],
        macros,
    )


def templates() -> str:
    """Every template with its blocks, its macros and what it is given."""
    parts = []
    for found in described_templates():
        rows = [
            ("given", ", ".join(f"`{name}` ({_kind(kind)})" for name, kind in found.given.items())),
            ("blocks", ", ".join(f"`{name}`" for name in found.blocks)),
            ("macros", ", ".join(f"`{macro}`" for macro in found.macros)),
        ]
        parts += [f"### `{found.name}`", found.about, _markdown(("it has", ""), [row for row in rows if row[1]])]
    return "\n\n".join(part for part in parts if part)


def objects() -> str:
    """Every object that templates are given, and those that it holds, with their fields."""
    parts = []
    for kind in _reached([_named(kind) for found in described_templates() for kind in found.given.values()]):
        module = importlib.import_module(kind.__module__)
        (found,) = [node for node in _dataclasses(module) if node.name == kind.__name__]
        comments, aliases = _comments(module), _aliases(module)
        rows = [
            (f"`{field.target.id}`", _type(field.annotation, aliases), _linked(comments.get(field.lineno)))
            for field in _fields(found)
        ]
        rows += [
            (f"`{node.name}`", _type(node.returns, aliases), ast.get_docstring(node))
            for node in found.body
            if isinstance(node, ast.FunctionDef) and "property" in [ast.unparse(mark) for mark in node.decorator_list]
        ]
        parts += [f"### `{_path_of(kind)}`", ast.get_docstring(found) or "", _markdown(("field", "type", ""), rows)]
    return "\n\n".join(parts)


def _kind(kind: str) -> str:
    """What is given, with a link to the table of its fields."""
    if "." not in kind:
        return f"`{kind}`"
    return re.sub(r"[\w.]*\.\w+", lambda name: f"[`{name[0]}`](#{name[0].lower().replace('.', '')})", kind)


def _named(kind: str) -> type | None:
    """The class of an object that a template is given; None for plain ones."""
    module, _, name = kind.removesuffix(" or None").rpartition(" ")[2].rpartition(".")
    return getattr(importlib.import_module(module), name) if module else None


def _is_of_the_site(kind: type) -> bool:
    return dataclasses.is_dataclass(kind) and kind.__module__.startswith("c2c.site")


def _path_of(kind: type) -> str:
    return f"{kind.__module__}.{kind.__name__}"


def _reached(kinds: Iterable[type | None]) -> list[type]:
    """Dataclasses of the site that are reached from some, each once, in the order of their modules and names."""
    reached: set[type] = set()
    waiting: list[object] = list(kinds)
    while waiting:
        kind = waiting.pop()
        waiting += typing.get_args(kind)
        if isinstance(kind, type) and _is_of_the_site(kind) and kind not in reached:
            reached.add(kind)
            waiting += typing.get_type_hints(kind).values()
            getters = [value.fget for value in vars(kind).values() if isinstance(value, property)]
            waiting += [typing.get_type_hints(getter).get("return") for getter in getters if getter]
    return sorted(reached, key=_path_of)


def _dataclasses(module: ModuleType) -> list[ast.ClassDef]:
    return [node for node in ast.parse(inspect.getsource(module)).body if isinstance(node, ast.ClassDef)]


def _training_of(kind: type) -> str:
    """The name of the dataclass of a kind's training schedule."""
    (found,) = [field.type for field in dataclasses.fields(kind) if field.name == "training"]
    return found.__name__


def _fields(found: ast.ClassDef) -> list[ast.AnnAssign]:
    fields = [node for node in found.body if isinstance(node, ast.AnnAssign)]
    return [field for field in fields if "ClassVar" not in ast.unparse(field.annotation)]


def _root_name(field: ast.AnnAssign) -> str:
    """The dataclass that a field holds, or its plain type."""
    return ast.unparse(field.annotation).removeprefix("dict[str, ").rstrip("]")


def _table(found: ast.ClassDef, module: ModuleType) -> str:
    comments, aliases = _comments(module), _aliases(module)
    rows = [
        (
            f"`{field.target.id}`",
            _type(field.annotation, aliases),
            _default(field, module),
            _linked(comments.get(field.lineno)),
        )
        for field in _fields(found)
    ]
    return _markdown(("key", "type", "default", "meaning"), rows)


def _comments(module: ModuleType) -> dict[int, str]:
    """Line -> the comment at its end."""
    tokens = tokenize.generate_tokens(io.StringIO(inspect.getsource(module)).readline)
    return {token.start[0]: token.string.lstrip("# ") for token in tokens if token.type == tokenize.COMMENT}


def _aliases(module: ModuleType) -> dict[str, ast.expr]:
    """The module's own names for types: `Count = Annotated[int, Meta(ge=1)]`."""
    body = ast.parse(inspect.getsource(module)).body
    named = [node for node in body if isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript)]
    return {node.targets[0].id: node.value for node in named if isinstance(node.targets[0], ast.Name)}


def _type(annotation: ast.expr, aliases: dict[str, ast.expr]) -> str:
    """A type as a person reads it: "int ≥ 1", or one of the values of a Literal."""
    if isinstance(annotation, ast.Name) and annotation.id in aliases:
        annotation = aliases[annotation.id]
    match annotation:
        case ast.Constant(value=None):
            return "none"
        case ast.BinOp(left=left, right=right):
            return f"{_type(left, aliases)} or {_type(right, aliases)}"
        case ast.Subscript(value=ast.Name(id="tuple"), slice=ast.Tuple(elts=[inner, ast.Constant()])):
            return f"list of {_type(inner, aliases)}"
        case ast.Subscript(value=ast.Name(id="dict"), slice=ast.Tuple(elts=[_, inner])):
            return f"table of {_type(inner, aliases)}"
        case ast.Subscript(value=ast.Name(id="Literal"), slice=choices):
            values = choices.elts if isinstance(choices, ast.Tuple) else [choices]
            return " or ".join(f"`{_toml(value)}`" for value in values)
        case ast.Subscript(value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[base, ast.Call(keywords=limits)])):
            kept = [limit for limit in limits if ast.literal_eval(limit.value) < ENDLESS]
            return " ".join([f"`{ast.unparse(base)}`", ", ".join(f"{BOUNDS[k.arg]} {k.value.value}" for k in kept)])
    return f"`{ast.unparse(annotation)}`"


def _default(field: ast.AnnAssign, module: ModuleType) -> str:
    match field.value:
        case None:
            return "*needed*"
        case ast.Call():
            return ""
        case ast.BinOp() as fraction:
            return f"`{ast.unparse(fraction)}`"
        case ast.Name(id=name):
            return f"`{getattr(module, name)}`"
    return f"`{_toml(field.value)}`"


def _toml(value: ast.expr) -> str:
    """A constant as TOML writes it."""
    constant = ast.literal_eval(value)
    if isinstance(constant, bool):
        return str(constant).lower()
    if isinstance(constant, str):
        return f'"{constant}"'
    return f"{list(constant)}" if isinstance(constant, tuple) else f"{constant}"


def _sources(module: ModuleType) -> str:
    """Link targets for the papers that the module's docstring names: "[CG]" becomes a link."""
    found = re.findall(r"\[(\w+)\][^\[]*?(https://[^\s;]+[^\s;.])", inspect.getdoc(module) or "")
    return "\n".join(f"[{key}]: {address}" for key, address in found)


def _linked(text: str | None) -> str:
    """A comment as Markdown: arrows drawn, a plain paper key left plain."""
    return (text or "").replace("->", "→").replace("**", r"\*\*")


def _tree(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield name, command
        return
    for part in command.commands:
        yield from _tree(command.commands[part], f"{name} {part}")


def _command(name: str, command: click.Command, parent: click.Context) -> str:
    context = click.Context(command, info_name=name)
    usage = " ".join(command.collect_usage_pieces(context))
    text, _, examples = inspect.cleandoc(command.help or "").partition("\n\n\b\n")
    parts = [f"## `{name}`", f"```text\n{name} {usage}\n```", re.sub(r"(?<!\n)\n(?!\n)", " ", text)]
    shown = [line.strip() for line in examples.splitlines() if line.strip().startswith("c2c ")]
    if shown:
        parts.append("```shell\n" + "\n".join(shown) + "\n```")
    options = [param for param in command.params if isinstance(param, click.Option)]
    helps = [found for option in options if (found := option.get_help_record(context))]
    parts.append(_markdown(("option", "meaning"), [(f"`{option}`", meaning) for option, meaning in helps]))
    return "\n\n".join(part for part in parts if part)


def _markdown(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table, or nothing where there are no rows."""
    if not rows:
        return ""
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines)
