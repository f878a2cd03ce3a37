from c2c.site import build_site

COMPARE = "compare.html"


def labels(page):
    return [tag["data-column"] for tag in page.all("div") if "data-column" in tag]


def test_a_row_holds_the_input_then_every_approach_at_every_size_then_the_truth(make, pages):
    row = ["input", "cyclegan-128", "cyclegan-256", "depth_chain-128", "neural_style-128", "truth"]

    assert labels(pages[COMPARE]) == row * len(make.STEMS)


def test_the_direction_that_most_approaches_took_comes_first_and_leads_to_the_others(pages):
    assert "Paris → Burano" in pages[COMPARE].words
    assert "compare-burano-to-paris.html" in [link.get("href") for link in pages[COMPARE].all("a")]
    assert labels(pages["compare-burano-to-paris.html"])[:4] == ["input", "cyclegan-128", "cyclegan-256", "truth"]


def test_a_direction_with_one_column_has_nothing_to_compare(pages):
    assert "compare-paris-depth-to-image.html" not in pages


def test_a_badge_says_of_every_picture_what_it_is(pages):
    page = pages[COMPARE]
    roles = [tag["class"].split("-")[1] for tag in page.all("figure") if "panel-" in tag.get("class", "")]
    badges = [tag["class"].split("-")[1] for tag in page.all("span") if tag.get("class", "").startswith("badge ")]

    assert len(roles) == len(page.all("img"))
    picker = ["input", "output", "output", "output", "output", "truth"]
    assert badges == picker + roles


def test_every_score_below_a_picture_leads_to_its_record(pages):
    links = [link["href"] for link in pages[COMPARE].all("a") if link.get("href", "").startswith("records/")]

    assert set(links) == {
        "records/score-cyclegan-paris-to-burano-128.json",
        "records/score-cyclegan-paris-to-burano-256.json",
        "records/score-depth-chain-paris-to-burano-128.json",
        "records/score-neural-style-paris-to-burano-128.json",
    }


def test_where_no_truth_is_known_none_is_shown(own_run, make, read_page):
    columns = [("input", "image", "real", "rome"), ("output", "image", "fake", "oslo")]
    for approach in ("cyclegan", "cut"):
        make.translation(own_run, approach, approach, "rome", "oslo", 128, columns)
    page = read_page(build_site(own_run).page.with_name("compare-rome-to-oslo.html"))

    assert set(labels(page)) == {"input", "cut-128", "cyclegan-128"}
    assert "no right answer" in page.words
    assert "true picture" not in page.words.lower()


def test_a_picture_that_one_approach_has_not_translated_is_named_as_missing(own_run, make, read_page):
    columns = [("input", "image", "real", "paris"), ("output", "image", "fake", "burano")]
    make.translation(own_run, "cut", "cut", "paris", "burano", 128, columns, stems=make.STEMS[:4])
    page = read_page(build_site(own_run).page.with_name(COMPARE))

    assert page.words.count("No picture: not translated") == 2
    assert len(labels(page)) == 7 * len(make.STEMS)
