"""Everything that is done with c2c: `nox -l` lists it, `nox -s demo` and `nox -s tests` are where to start."""

import os
import subprocess
import sys
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.sessions = ["tests", "lint", "types"]

PYPROJECT = nox.project.load_toml("pyproject.toml")
TORCH = ("torch==2.14.1", "torchvision==0.29.1")  # the versions that the figures in the docs were measured with
SHARED = Path(".nox/c2c").absolute()  # torch is 5.6 GB: installed once, for every session that needs it


def python_with_torch(session: nox.Session, *groups: str) -> str:
    """The python of the shared environment, with c2c as it is here and what the session needs beside it."""
    python = SHARED / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        session.run(sys.executable, "-m", "venv", str(SHARED))
        session.run(str(python), "-m", "pip", "install", "--quiet", "--upgrade", "pip")
    needed = nox.project.dependency_groups(PYPROJECT, *groups) if groups else ()
    session.log("Installing; the first time takes minutes and about 6 GB")
    session.run(str(python), "-m", "pip", "install", "--quiet", *TORCH, "-e", ".", *needed)
    return str(python)


@nox.session(venv_backend="none")
def demo(session: nox.Session) -> None:
    """Translate, score, time and show the procedural cities: the whole of c2c in 15 to 20 minutes."""
    python = python_with_torch(session)
    session.run(python, "-m", "c2c", "run", "toytown", "--out", "runs/toytown", *session.posargs)


@nox.session(venv_backend="none")
def tests(session: nox.Session) -> None:
    """Run the tests, on up to four cores; -- -k WORD chooses some of them, one after another."""
    python = python_with_torch(session, "test")
    if session.posargs:
        session.run(python, "-m", "pytest", *session.posargs)
        return
    beside = ("-n", "auto", "--maxprocesses", "4", "--dist", "loadfile")
    session.run(python, "-m", "pytest", "-m", "not alone", *beside)
    session.run(python, "-m", "pytest", "-m", "alone")


@nox.session
def lint(session: nox.Session) -> None:
    """Check style (ruff) and that imports keep to the rooms (import-linter)."""
    session.install(*nox.project.dependency_groups(PYPROJECT, "lint"))
    session.run("ruff", "check", *session.posargs)
    session.run("ruff", "format", "--check")
    session.run("lint-imports", env={"PYTHONPATH": "."})


@nox.session(venv_backend="none")
def types(session: nox.Session) -> None:
    """Check types (pyrefly)."""
    python = python_with_torch(session, "types", "test")
    session.run(python, "-m", "pyrefly", "check", "--python-interpreter-path", python, *session.posargs)


@nox.session(venv_backend="none")
def docs(session: nox.Session) -> None:
    """Build the documentation into docs/_build/html."""
    python = python_with_torch(session, "docs")
    options = ("-W", "--keep-going", "-b", "html")
    session.run(python, "-m", "sphinx", *options, "docs", "docs/_build/html", *session.posargs)


@nox.session(venv_backend="none")
def bench(session: nox.Session) -> None:
    """Time the parts of c2c and keep the times in runs/bench/history; -- --quick or -- -k WORD chooses some of them."""
    python = python_with_torch(session)
    session.run(python, "-m", "bench.run", *session.posargs)


@nox.session(venv_backend="none", name="bench-check")
def bench_check(session: nox.Session) -> None:
    """Say whether this version is slower than another; -- --against REV names it, -- --quick takes a few cases."""
    python = python_with_torch(session)
    code = subprocess.run([python, "-m", "bench.check", *session.posargs], check=False).returncode
    if code:
        sys.exit(code)  # 1, 2 and 3 mean different things, and nox would make 1 of all
