import pytest

from c2c.site import build_site


@pytest.fixture(scope="module")
def home(pages):
    return pages["index.html"]


def test_the_first_page_says_in_one_sentence_what_was_translated(home):
    sentence = (
        "CycleGAN, Depth chain, Neural style and pix2pix turn Burano into Paris and back "
        "and depth of Paris into images, at 128 and 256 pixels."
    )

    assert sentence in home.words


def test_real_pictures_of_each_city_come_first_and_each_says_that_it_is_real(home):
    section = home.markup.partition('id="cities"')[2].partition("</section>")[0]

    assert section.count("<img") == section.count('class="badge badge-input">Real<') == 12
    assert 'alt="Real: Burano, picture street-000"' in section
    assert 'href="data.html#city-burano"' in section
    assert "These cities are drawn by formula" in section


def test_each_approach_is_told_in_a_line_with_a_picture_that_is_neither_best_nor_worst(home):
    assert "Repaints each picture by itself with the texture of a picture of the other city." in home.words
    assert "The middle one of 6 by SSIM: 0.423. street-002" in home.words


def test_the_best_and_the_worst_stand_side_by_side_with_score_and_reason(home):
    best, worst = "Nearest to the true picture of 6, by L1: 0.0960", "Furthest from the true picture of 6, by L1: 0.144"

    assert best in home.words
    assert worst in home.words
    assert {"href": "gallery-depth_chain-paris-to-burano.html#128-street-000", "class": "stem"} in home.all("a")


def test_the_first_page_says_what_works_and_what_does_not(home):
    assert "In every direction, something comes nearer to the other city than the untouched input." in home.words
    assert "CycleGAN and Depth chain come nearer to Burano than the untouched input." in home.words
    assert "Neural style ends up further from Burano than it." in home.words
    assert "pix2pix reaches KID 0.0300. It starts from depth, which is no picture of a city" in home.words


def test_the_first_page_says_which_approach_diverged_and_why(home):
    assert "Diverged Training diverged at step 31: generator = nan." in home.words


def test_a_run_of_one_approach_without_scores_still_tells_its_story(make, tmp_path, read_page):
    columns = [("input", "image", "real", "paris"), ("output", "image", "fake", "burano")]
    make.translation(tmp_path / "run", "cut", "cut", "paris", "burano", 128, columns)
    page = read_page(build_site(tmp_path / "run").page)

    assert "CUT turns Paris into Burano, at 128 pixels." in page.words
    assert "The first of 6 test pictures. street-000" in page.words
    assert "What a city looks like" in page.words
    assert "What works" not in page.words
    assert "The best and the worst" not in page.words
    assert "Ground truth" not in page.words
