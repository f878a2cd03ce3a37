def test_reproduce_gives_command_seed_versions_recipe_stages_and_every_record(whole_run, pages):
    page = pages["reproduce.html"]
    links = {link.get("href") for link in page.all("a")}

    assert "c2c run toytown-small --out runs/toytown" in page.words
    assert "torch 2.6.0" in page.words
    assert "Seed 7" in page.words
    assert '"lambda_cycle": 10.0' in page.words
    assert "train pix2pix-wild failed 4.0 s Training diverged" in page.words
    assert {f"records/{path.name}" for path in (whole_run / "records").iterdir()} <= links
