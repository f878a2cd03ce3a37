def test_scale_transfer_shows_both_sizes_of_a_picture_beside_tables_of_their_own(pages):
    page = pages["scale-transfer.html"]
    sources = [image["src"] for image in page.all("img")]

    assert sources[:4] == [
        f"pictures/cyclegan/burano-to-paris/{size}/{panel}/street-000.png"
        for size in (128, 256)
        for panel in ("real", "fake")
    ]
    assert "trained at 128 px, applied at 256 px" in page.words
    assert {"scores-paris-to-burano-128", "scores-paris-to-burano-256"} <= page.ids
    assert "depth_chain" not in page.markup.split("<main")[1]  # one size only
