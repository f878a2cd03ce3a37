import dataclasses
import time

import pytest

from c2c.records import VideoRecord, read_record, write_record
from c2c.site import build_site

ALL = "return [...document.querySelectorAll('video')]"


@pytest.fixture
def page(pages):
    return pages["video.html"]


def test_every_video_stands_with_its_badge_its_first_frame_and_controls_of_its_own(page, whole_run):
    videos = page.all("video")

    assert [video["aria-label"].split(":")[0] for video in videos] == [
        "Real, video", "Generated, video", "Generated, video", "Ground truth, video", "Ground truth, video",
    ]  # fmt: skip
    for video in videos:
        assert {"muted", "loop", "controls", "playsinline"} <= video.keys()
        for address in (video["src"], video["poster"]):
            assert (whole_run / "site" / address).is_file()


def test_frames_are_shown_in_rows_for_those_without_video(page):
    strips = [image["alt"] for image in page.all("img") if "frames 1, 2, 3 and 4" in image["alt"]]

    assert len(strips) == len(page.all("video"))
    assert strips[0].startswith("Real: frames")


def test_the_table_tells_flicker_with_its_interval_and_its_record(page):
    assert "CycleGAN 3.50 3.20 to 3.80 5.50" in page.words
    assert "Copy the input 0.00 by definition 2.00" in page.words
    assert "records/video-cyclegan-paris-to-burano-32.json" in {link.get("href") for link in page.all("a")}


def test_what_the_numbers_say_is_said_and_a_truth_of_other_shapes_is_marked(page):
    assert "From frame to frame CycleGAN changes by 3.50 more than its input" in page.words
    assert "The true dress on the same shapes changes by 0.750 less." in page.words
    assert "Depth chain flickers less than CycleGAN." in page.words
    assert page.words.count("0.50*") == 1
    assert "not to be ranked with the others" in page.words


def test_a_difference_that_may_be_chance_is_no_finding(own_run, read_page):
    path = own_run / "records" / "video-cyclegan-paris-to-burano-32.json"
    record = read_record(path)
    unsure = tuple(dataclasses.replace(score, interval=(-2.1, 9.1)) for score in record.scores)
    write_record(path.parent, dataclasses.replace(record, scores=unsure))

    page = read_page(build_site(own_run).page.with_name("video.html"))

    assert "From frame to frame CycleGAN changes as much as its input, as far as these frames can tell." in page.words


def test_only_this_page_may_play_files_and_it_brings_its_own_script(page, pages):
    def policy(one):
        return next(meta["content"] for meta in one.all("meta") if "Content-Security-Policy" in str(meta))

    assert "media-src 'self' file:" in policy(page)
    assert "media-src" not in policy(pages["index.html"])
    assert "assets/video.js" in {script.get("src") for script in page.all("script")}


def test_a_run_without_videos_has_no_page_and_one_with_references_alone_neither(own_run):
    for path in (own_run / "records").glob("video-*"):
        if "true" not in path.name:
            path.unlink()
    site = build_site(own_run).page.parent

    assert not (site / "video.html").exists()
    assert "video.html" not in (site / "index.html").read_text(encoding="utf-8")


def test_a_video_that_is_gone_or_lies_elsewhere_is_not_shown(own_run, read_page, tmp_path):
    (own_run / "pictures" / "cyclegan" / "paris-to-burano" / "32" / "video" / "video.mp4").unlink()
    (tmp_path / "secret.mp4").write_bytes(b"secret")
    record = read_record(own_run / "records" / "video-depth-chain-paris-to-burano-32.json")
    assert isinstance(record, VideoRecord)
    write_record(own_run / "records", dataclasses.replace(record, file="../secret.mp4"))
    page = read_page(build_site(own_run).page.parent / "video.html")

    assert len(page.all("video")) == 3
    assert page.words.count("No video: no file") == 2
    assert not list((own_run / "site" / "videos").rglob("depth_chain.mp4"))


# In a browser


@pytest.fixture
def shown(browser, whole_run):
    browser.get((whole_run / "site" / "video.html").as_uri())
    deadline = time.monotonic() + 20
    while not browser.execute_script(f"{ALL}.every((video) => video.readyState > 0)"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return browser


def press(shown, selector):
    button = shown.find_element("css selector", selector)
    button.send_keys("\ue007")  # enter
    return button


def test_one_button_plays_all_videos_in_step_and_stops_them(shown):
    button = press(shown, ".play-all")
    time.sleep(0.8)
    at = shown.execute_script(f"{ALL}.map((video) => video.paused ? -1 : video.currentTime)")
    assert button.text == "Pause"
    assert min(at) > 0
    assert max(at) - min(at) < 0.4 or max(at) - min(at) > 0.6  # one may have begun anew

    button.click()
    time.sleep(0.3)
    at = shown.execute_script(f"{ALL}.map((video) => video.paused ? video.currentTime : -1)")
    assert button.text == "Play"
    assert max(at) == pytest.approx(min(at), abs=0.01)
    assert min(at) >= 0


def test_the_slider_shows_one_frame_of_all_by_keyboard_too(shown):
    slider = shown.find_element("css selector", ".transport input")
    slider.send_keys("\ue014\ue014")  # right, right
    time.sleep(0.3)

    assert slider.get_attribute("aria-valuetext") == "frame 3 of 4"
    assert shown.execute_script(f"{ALL}.map((video) => video.currentTime)") == pytest.approx([2.5 / 4] * 5, abs=0.01)


def test_slow_is_a_quarter_of_the_speed(shown):
    press(shown, ".slow")

    assert set(shown.execute_script(f"{ALL}.map((video) => video.playbackRate)")) == {0.25}


def test_no_error_is_logged_and_the_page_fits_a_telephone(shown):
    shown.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 360, "height": 780, "deviceScaleFactor": 1, "mobile": True}
    )
    try:
        assert shown.execute_script("return document.documentElement.scrollWidth") <= 360
    finally:
        shown.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert shown.get_log("browser") == []
