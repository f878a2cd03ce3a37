from PIL import Image

from c2c.site import build_site

CHAIN = "gallery-depth_chain-paris-to-burano.html"
CYCLEGAN = "gallery-cyclegan-paris-to-burano.html"


def originals(page):
    """The files that the pictures of a page lead to, in their order."""
    return [link["href"] for link in page.all("a") if link.get("href", "").startswith("pictures/")]


def test_every_test_picture_appears_in_its_gallery_with_every_panel(make, pages):
    assert len(pages[CYCLEGAN].all("img")) == len(originals(pages[CYCLEGAN]))
    assert sorted(originals(pages[CYCLEGAN])) == sorted(
        f"pictures/cyclegan/paris-to-burano/{size}/{panel}/{stem}.png"
        for size in (128, 256)
        for panel in ("real", "fake", "reconstructed", "truth")
        for stem in make.STEMS
    )


def test_a_badge_says_of_every_picture_what_it_is(pages):
    page = pages[CYCLEGAN]
    badges = [tag["class"] for tag in page.all("span") if tag.get("class", "").startswith("badge ")]
    roles = [tag["class"].split("-")[1] for tag in page.all("figure") if "panel-" in tag.get("class", "")]

    assert len(roles) == len(page.all("img"))
    for role in ("input", "output", "reconstruction", "truth"):
        assert badges.count(f"badge badge-{role}") == roles.count(role) + 2  # and once in the key of each size
    assert "Predicted depth" in pages[CHAIN].words


def test_a_link_opens_the_original_and_depth_is_shown_in_colour(whole_run, pages):
    page = pages[CHAIN]
    folder = "depth_chain/paris-to-burano/128/depth/street-000.png"

    (link,) = [link for link in page.all("a") if link.get("href") == f"pictures/{folder}"]
    with Image.open(whole_run / "site" / link["data-view"]) as looked_at:
        assert looked_at.mode == "RGB"
    assert "Depth, in metres" in page.words


def test_pictures_of_a_gallery_load_when_they_come_into_view(pages):
    assert all(image["loading"] == "lazy" for image in pages[CYCLEGAN].all("img"))


def test_where_no_true_picture_exists_the_page_says_so(pages):
    assert "no right answer" in pages["gallery-neural_style-paris-to-burano.html"].words
    assert "no right answer" not in pages[CYCLEGAN].words


def test_a_picture_that_is_missing_or_torn_is_replaced_by_words(own_run, read_page):
    folder = own_run / "pictures/cyclegan/paris-to-burano/128/fake"
    (folder / "street-001.png").unlink()
    whole = (folder / "street-002.png").read_bytes()
    (folder / "street-002.png").unlink()
    (folder / "street-002.png").write_bytes(whole[: len(whole) // 2])
    index = build_site(own_run).page

    page = read_page(index.with_name(CYCLEGAN))
    assert "No picture: no file" in page.words
    assert "No picture: not a whole picture" in page.words
    assert "2 pictures of this section are missing" in page.words
    assert "CycleGAN: Paris → Burano: 2 pictures are missing." in read_page(index).words


def test_a_folder_outside_the_run_is_not_shown(own_run, make, read_page):
    secret = own_run.parent / "secret"
    make.translation(own_run, "sly", "cyclegan", "paris", "burano", 128, [("input", "image", "real", "paris")])
    path = own_run / "records" / "translation-sly-paris-to-burano-128.json"
    path.write_text(path.read_text().replace("pictures/sly/paris-to-burano/128/real", "../secret"))
    (own_run / "pictures/sly/paris-to-burano/128/real").rename(secret)
    site = build_site(own_run).page.parent

    page = read_page(site / "gallery-sly-paris-to-burano.html")
    assert not page.all("img")
    assert "lies outside the run" in page.words


def test_the_best_picture_is_the_one_with_the_best_score_of_its_own(pages):
    # the made scores are lowest, 0.8 of the mean, for the first and the sixth picture; of equals the first is taken
    shown = originals(pages["approach-depth_chain.html"])

    assert shown[1] == "pictures/depth_chain/paris-to-burano/128/fake/street-000.png"
    assert "Best of 6 by L1" in pages["approach-depth_chain.html"].words


def test_for_a_metric_where_more_is_better_the_highest_is_the_best(pages):
    # SSIM comes before L1, and is highest where 3 i mod 5 is 4: the fourth picture
    shown = originals(pages["approach-cyclegan.html"])

    assert "pictures/cyclegan/paris-to-burano/128/fake/street-003.png" in shown


def test_a_failed_approach_has_a_page_with_its_message(pages):
    page = pages["gallery-pix2pix-wild-paris-depth-to-image.html"]

    assert "Failed: Training diverged at step 31: generator = nan." in page.words
    assert not page.all("img")


def test_the_scores_of_a_strip_stand_ready_for_scripts_in_the_order_that_the_page_names_them(pages):
    page = pages[CYCLEGAN]
    named = [option["value"] for option in page.all("option") if "data-place" in option]
    first = next(tag for tag in page.all("article") if tag.get("id") == "128-street-000")

    assert named == ["ssim", "l1"]
    assert first["data-scores"] == "0.376 0.144"
