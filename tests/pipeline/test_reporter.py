from c2c.pipeline import SilentReporter


def test_a_silent_reporter_takes_everything_and_shows_nothing(capfd):
    reporter = SilentReporter()

    with reporter.stage("train") as progress:
        progress(1, 2)
    reporter.say("[red]no[/red]")

    assert capfd.readouterr() == ("", "")
