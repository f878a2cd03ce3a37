import shutil

from click.testing import CliRunner

from c2c.approaches.cyclegan import CycleGAN
from c2c.cli import main


def test_a_run_ends_with_its_tables_its_time_and_its_page(tiny_run):
    result, page = tiny_run.result, tiny_run.folder / "site" / "index.html"

    assert result.exit_code == 0, result.output
    for heading in ("paris-to-burano", "burano-to-paris", "paris-image-to-depth", "Speed"):
        assert heading in result.stdout
    for row in ("copy-the-input", "real-against-real", "cyclegan", "depth-chain"):
        assert row in result.stdout
    assert "skipped: no CUDA device" in result.stdout
    assert result.stdout.splitlines()[-1] == page.as_uri()
    assert page.is_file()


def test_progress_goes_to_stderr_alone(tiny_run):
    assert "train cyclegan" in tiny_run.result.stderr
    assert "train cyclegan" not in tiny_run.result.stdout


def test_a_run_with_a_failure_says_so_and_ends_with_status_1(tiny_run, tmp_path, monkeypatch):
    def fail(self, batch):
        raise RuntimeError("out of [/memory]")

    monkeypatch.setattr(CycleGAN, "training_step", fail)
    shutil.copytree(tiny_run.folder, tmp_path / "run")
    words = ["run", str(tiny_run.recipe), "--out", str(tmp_path / "run"), "--start-over"]
    words += ["--set", "approaches.cyclegan.blocks=2"]

    result = CliRunner().invoke(main, words)

    assert result.exit_code == 1
    assert "train cyclegan failed: RuntimeError: out of [/memory]" in result.stdout
    assert "approach cyclegan failed: RuntimeError: out of [/memory]" in result.stderr
    assert result.stdout.splitlines()[-1].endswith("/site/index.html")
    assert "out of [/memory]" in (tmp_path / "run" / "site" / "index.html").read_text(encoding="utf-8")


def test_a_folder_of_another_run_is_left_alone(tiny_run):
    result = CliRunner().invoke(main, ["run", "toytown-small", "--out", str(tiny_run.folder)])

    assert result.exit_code == 1
    assert "holds a run of the recipe 'tiny-toytown', not 'toytown-small'" in result.stderr
