"""`c2c serve`: a site in the browser of this machine; works without torch."""

from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option(
    "--port", type=click.IntRange(0, 65535), help="0 takes any that is free. [default: 8000, or the next free one]"
)
@click.option("--open", "opens", is_flag=True, help="Open the site in the browser as well.")
def serve(folder: Path, port: int | None, opens: bool) -> None:
    """Show a site over http, on this machine alone, until Ctrl-C. DIR is a site's folder, or a run's.

    \b
    Examples:
        c2c serve runs/toytown --open
        c2c serve runs/toytown/site --port 8080
    """
    import contextlib
    import webbrowser

    from c2c.loopback import HOST, listening
    from c2c.site.serving import server_of, site_in

    pages = site_in(folder)
    with listening(port) as waiting, contextlib.suppress(KeyboardInterrupt):
        address = f"http://{HOST}:{waiting.getsockname()[1]}/"
        click.echo(address)
        click.echo(f"Showing {pages} to this machine alone. Ctrl-C ends it.", err=True)
        if opens:
            webbrowser.open(address)
        server_of(pages).run(sockets=[waiting])
