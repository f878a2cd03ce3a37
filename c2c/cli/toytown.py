"""`c2c toytown`: the procedural cities as a world to learn on; works without torch."""

import click


@click.group()
def toytown() -> None:
    """Procedural cities as a world to learn on."""


@toytown.command()
@click.argument("city", type=click.Choice(["manhattan", "paris", "burano"]), metavar="manhattan|paris|burano")
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="0 takes any that is free.")
@click.option("--panoramas", type=click.IntRange(1, 5000), default=60, show_default=True, help="How many there are.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed is another town.")
@click.option(
    "--height", type=click.IntRange(16, 2048), default=512, show_default=True, help="Of panoramas, in pixels."
)
@click.option(
    "--misbehave",
    "texts",
    multiple=True,
    metavar="NAME[:SHARE]",
    help="Something to do wrong, for all or a share of the requests or ids. Repeatable; a wrong name lists all.",
)
def serve(city: str, port: int, panoramas: int, seed: int, height: int, texts: tuple[str, ...]) -> None:
    """Serve a town of Toytown as picture collections of the world would, on this machine alone, until Ctrl-C.

    Its address stands for every source: --at ADDRESS makes c2c collect ask it instead of the world.

    \b
    Examples:
        c2c toytown serve paris --port 8111
        c2c toytown serve burano --panoramas 300 --misbehave throttle:0.05 --misbehave gone:0.02
    """
    import contextlib

    from c2c.collect.service import Order, service_of, town_of
    from c2c.loopback import listening, server_of

    service = service_of(town_of(city, panoramas, seed), height, orders=[Order.from_text(text) for text in texts])
    with listening(port) as waiting, contextlib.suppress(KeyboardInterrupt):
        host, taken = waiting.getsockname()[:2]
        lat, lon = service.catalogue.town.anchor.lat_lon(0.0, 0.0)
        click.echo(f"http://{host}:{taken}")
        click.echo(
            f"{panoramas} panoramas of a town like {city.capitalize()} around {lat:.4f},{lon:.4f}, "
            "for this machine alone. Ctrl-C ends it.",
            err=True,
        )
        server_of(service.app).run(sockets=[waiting])
