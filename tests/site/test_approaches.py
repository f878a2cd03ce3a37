def test_an_approach_page_draws_each_loss_and_lists_its_settings(pages):
    page = pages["approach-cyclegan.html"]

    for loss in ("generator", "cycle", "identity", "discriminator_a"):
        assert f'aria-label="{loss} by step, ' in page.markup
    assert "learning_rate 0.0002" in page.words
    assert "generator.channels 16" in page.words
    assert "Steps 400 of 400" in page.words


def test_a_curve_that_broke_off_says_so(pages):
    assert "then not finite" in pages["approach-pix2pix-wild.html"].words
