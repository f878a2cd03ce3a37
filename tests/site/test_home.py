def test_the_first_page_says_in_one_sentence_what_was_translated(pages):
    sentence = (
        "CycleGAN, Depth chain, Neural style and pix2pix turn Burano into Paris and back "
        "and depth of Paris into images, at 128 and 256 pixels."
    )

    assert sentence in pages["index.html"].words


def test_the_first_page_shows_cities_with_counts_licence_and_what_was_skipped(pages):
    words = pages["index.html"].words

    assert "Drawn by c2c; no rights reserved." in words
    assert "1 skipped torn.jpg image file is truncated" in words
    assert "records/city-burano.json" in [link.get("href") for link in pages["index.html"].all("a")]


def test_the_first_page_says_which_approach_diverged_and_why(pages):
    assert "Diverged Training diverged at step 31: generator = nan." in pages["index.html"].words
