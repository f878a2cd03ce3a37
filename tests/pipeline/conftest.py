"""Runs to change: a copy of the tiny one, or one of small picture folders."""

import shutil
from contextlib import contextmanager

import pytest

from c2c.pipeline import SilentReporter, start_run
from c2c.recipe import load_recipe, recipe_from


class Listening(SilentReporter):
    """Remembers what was told, and can pull the plug in the middle of a stage."""

    def __init__(self):
        self.said, self.opened, self.interrupt = [], [], None

    @contextmanager
    def stage(self, name):
        self.opened.append(name)

        def progress(done, total):
            if self.interrupt == (name, done):
                raise KeyboardInterrupt

        yield progress

    def say(self, text):
        self.said.append(text)


@pytest.fixture
def copied(tiny_run, tmp_path):
    """A copy of the tiny run's folder, without its site."""
    shutil.copytree(tiny_run.folder, tmp_path / "run", ignore=shutil.ignore_patterns("site"))
    return tmp_path / "run"


@pytest.fixture
def again(tiny_run, copied):
    """A function that takes up the copied run, with other settings where they are named."""

    def take_up(*overrides, start_over=True):
        return start_run(load_recipe(str(tiny_run.recipe), overrides), copied, "cpu", Listening(), start_over)

    return take_up


@pytest.fixture
def folder_run(tiny_table, make_city, tmp_path):
    """A function that begins a run of the tiny recipe on picture folders of its own."""
    for number, name in enumerate(("old", "new")):
        folder = make_city(tmp_path / "photos" / name, seed=number)
        tiny_table["cities"][name]["folder"] = str(folder)

    def begin(**settings):
        return start_run(recipe_from(tiny_table | settings), tmp_path / "run", "cpu", Listening(), start_over=True)

    return begin
