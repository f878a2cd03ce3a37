"""The command line: one file a verb, in pipeline order; torch is imported inside the commands."""

import os
import sys

import click

from c2c import __version__
from c2c.cli.collect import collect
from c2c.cli.export_checkpoint import export_checkpoint
from c2c.cli.export_onnx import export_onnx
from c2c.cli.import_checkpoint import import_checkpoint
from c2c.cli.leaks import leaks
from c2c.cli.prepare import prepare
from c2c.cli.recipes import recipes
from c2c.cli.run import run
from c2c.cli.score import score
from c2c.cli.serve import serve
from c2c.cli.signal import signal
from c2c.cli.site import site
from c2c.cli.time import time
from c2c.cli.toytown import toytown
from c2c.cli.train import train
from c2c.cli.translate import translate
from c2c.cli.views import views
from c2c.cli.votes import votes
from c2c.cli.weights import weights
from c2c.errors import C2CError
from c2c.process import tune_process


class InOrder(click.Group):
    """A group that lists its commands in the order they were added, and turns our errors into one plain text."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in pipeline order."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; an error that a person can act on ends it with status 1 and no traceback."""
        try:
            return super().invoke(ctx)
        except C2CError as error:
            if os.environ.get("RANK", "0") == "0":  # of several processes that work together, one speaks
                click.secho(f"Error: {error}", fg="red", err=True)
            sys.exit(1)


@click.group(cls=InOrder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="c2c")
def main() -> None:
    """Turn pictures of one city into another, and find out which way of doing it is best.

    \b
    Everything at once, on procedural cities:
        c2c run toytown --out runs/toytown
    """
    tune_process()


exchange = (import_checkpoint, export_checkpoint, export_onnx)
pipeline = (run, collect, views, signal, leaks, prepare, train, translate, score, time, site, serve, votes)
for command in (*pipeline, *exchange, recipes, toytown, weights):
    main.add_command(command)
