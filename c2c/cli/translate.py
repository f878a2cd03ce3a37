"""`c2c translate`: a run's test pictures, or any pictures by a checkpoint."""

from pathlib import Path

import click

from c2c.cli.common import device_option, terminal_reporter, together


@click.command()
@click.argument("checkpoint", type=click.Path(path_type=Path, file_okay=False))
@click.argument("pictures", type=click.Path(path_type=Path), required=False)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder for the PNG files; for a video, MP4 file or folder."
)
@click.option("--direction", help="Such as paris-to-burano, for a checkpoint that knows several.")
@device_option
@together
def translate(checkpoint: Path, pictures: Path | None, out: Path | None, direction: str | None, device: str) -> None:
    """Translate PICTURES, one or a folder of them of any sizes, by a CHECKPOINT; or the test pictures of a run.

    PICTURES may also be a video: each frame is translated by itself.

    \b
    Examples:
        c2c translate runs/toytown/checkpoints/cyclegan holiday/ --out translated --direction paris-to-burano
        c2c translate runs/toytown/checkpoints/cyclegan drive.mp4 --out burano.mp4 --direction paris-to-burano
        c2c translate runs/toytown
    """
    from rich.markup import escape

    from c2c.data.video import is_video
    from c2c.errors import OutputError
    from c2c.pipeline import open_run, stages
    from c2c.translation.folder import translate_folder
    from c2c.translation.video import translate_video

    reporter = terminal_reporter()
    if pictures is None:
        job = open_run(checkpoint, device, reporter)
        for name in job.recipe.approaches:
            stages.translate(job, name)
            click.echo(f"{name}: {job.folder.root / 'pictures' / name}")
        return
    if out is None:
        raise click.UsageError("Say where the pictures go: --out FOLDER")
    if is_video(pictures):
        with reporter.stage("translate") as progress:
            video = translate_video(checkpoint, pictures, out, direction, device, progress)
        for note in video.notes:
            reporter.say(note)
        click.echo(f"{video.info.frames} frames in {out}")
        return
    if out.is_file():
        raise OutputError(f"{out} is a file. Pictures go into a folder:\n    --out translated")
    with reporter.stage("translate") as progress:
        result = translate_folder(checkpoint, pictures, out, direction, device, progress)
    for skipped in result.skipped:
        reporter.say(f"[yellow]skipped[/yellow] {escape(f'{skipped.path}: {skipped.reason}')}")
    if result.padded:
        reporter.say(
            f"{result.padded} pictures had sides that are no multiples of {result.multiple} pixels: "
            "mirrored at the edges until they were, translated, and cropped back"
        )
    click.echo(f"{len(result.written)} pictures in {out}")
