import shutil
from itertools import islice

import pytest

from c2c.collect.failures import BadAnswer, Blocked, Transient
from c2c.collect.settings import settings_for
from c2c.collect.sources import PhotoQuery, browser, source
from c2c.errors import CollectError

needs_chromium = pytest.mark.skipif(
    not (shutil.which("chromium") and shutil.which("chromedriver")), reason="no chromium with chromedriver here"
)


@needs_chromium
def test_scrolling_finds_every_photo_with_its_page(ask, toytown_service):
    page = ask("browser")
    found = list(page.search(PhotoQuery(text="street")))

    assert len({one.id for one in found}) == len(found) == len(toytown_service.catalogue.photos)
    assert all(one.rights.landing_page.startswith(f"{toytown_service.address}/photos/") for one in found)
    assert not any(one.rights.redistributable for one in found)
    assert all(one.urls[0].startswith("http") for one in found)
    assert page.picture(found[0])[:3] == b"\xff\xd8\xff"


@needs_chromium
def test_whoever_needs_few_photos_does_not_scroll_to_the_end(ask, toytown_service):
    before = len(toytown_service.requests)
    list(islice(ask("browser").search(PhotoQuery(text="street")), 2))

    assert sum("/hits" in noted.path for noted in toytown_service.requests[before:]) <= 2


@needs_chromium
def test_a_page_that_asks_for_proof_of_a_person_is_left_alone(ask, toytown_service):
    toytown_service.misbehave("block", path="/photos/search")

    with pytest.raises(Blocked, match="c2c presses no such thing"):
        list(ask("browser").search(PhotoQuery(text="street")))


@needs_chromium
def test_a_page_that_sends_us_to_a_block_page_is_left_alone(ask, toytown_service):
    toytown_service.misbehave("sorry", path="/photos/search")

    with pytest.raises(Blocked, match="blocked"):
        list(ask("browser").search(PhotoQuery(text="street")))


@needs_chromium
def test_a_recipe_that_is_no_selector_is_a_clear_error(ask, tmp_path, toytown_service):
    recipe = tmp_path / "page.toml"
    recipe.write_text('url = "{base}/search?q={query}"\nitem = "a["\npicture = ["@href"]\nlanding = "@href"\n')

    with pytest.raises(BadAnswer, match="cannot be read"):
        list(ask("browser", recipe=f'"{recipe}"').search(PhotoQuery(text="street")))


def test_without_a_recipe_there_is_no_page():
    settings = settings_for("browser", accepted_terms=["search-page"])

    with pytest.raises(CollectError, match=r"sources\.browser\.recipe"):
        source("browser", settings, None)


def test_a_page_on_a_private_machine_is_refused_unless_it_was_named(tmp_path):
    recipe = tmp_path / "page.toml"
    recipe.write_text('url = "http://127.0.0.1:9/?q={query}"\nitem = "a"\npicture = ["@href"]\nlanding = "@href"\n')
    settings = settings_for("browser", accepted_terms=["search-page"], overrides=[f'sources.browser.recipe="{recipe}"'])

    with pytest.raises(BadAnswer, match="a private address"):
        list(source("browser", settings, None).search(PhotoQuery(text="a")))


def test_a_service_of_ones_own_does_not_accept_the_terms_of_another_page(ask, tmp_path):
    recipe = tmp_path / "page.toml"
    recipe.write_text(
        'url = "https://pictures.example/?q={query}"\nitem = "a"\npicture = ["@href"]\nlanding = "@href"\n'
    )

    with pytest.raises(CollectError, match="--accept-terms search-page"):
        list(ask("browser", recipe=f'"{recipe}"').search(PhotoQuery(text="a")))


def test_a_browser_that_does_not_start_is_told_in_words(ask, tmp_path, monkeypatch):
    for name in ("chromium", "chromedriver"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\nexit 1\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    with pytest.raises(CollectError, match=r"does not start with .*chromedriver; they must be of one version"):
        list(ask("browser").search(PhotoQuery(text="street")))


@needs_chromium
def test_a_driver_that_ends_meanwhile_is_told_in_words(ask, monkeypatch):
    started = browser._started

    def short_lived(only_host):
        driver = started(only_host)
        driver.service.process.kill()
        driver.service.process.wait()
        return driver

    monkeypatch.setattr(browser, "_started", short_lived)

    with pytest.raises(Transient, match="cannot be shown"):
        list(ask("browser").search(PhotoQuery(text="street")))


def test_a_machine_without_a_browser_is_told_what_to_install(ask, monkeypatch):
    monkeypatch.setenv("PATH", "")

    with pytest.raises(CollectError, match="apt install chromium chromium-driver"):
        list(ask("browser").search(PhotoQuery(text="street")))
