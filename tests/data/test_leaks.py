import numpy as np
import pytest
from PIL import Image

from c2c.data.duplicates import picture_hash
from c2c.data.leak_search import search_folders, search_manifest
from c2c.data.leaks import REACH, related
from c2c.data.manifest import read_manifest, scan, write_manifest
from c2c.data.pictures import glance_at
from c2c.data.splits import SplitRules
from c2c.errors import LeakError, NoPictures

REFUSE, REGROUP, ALLOW = (SplitRules(test=0.25, leaks=rule) for rule in ("refuse", "regroup", "allow"))


def town(seed, width=96):
    """A wide strip with coarse and fine structure, (64, width, 3)."""
    generator = np.random.default_rng(seed)
    layers = [
        np.asarray(
            Image.fromarray(generator.integers(0, 256, (cells, cells * width // 64, 3), dtype=np.uint8)).resize(
                (width, 64)
            )
        )
        for cells in (4, 8, 32)
    ]
    return np.mean(layers, axis=0).astype(np.uint8)


def save(path, pixels, **how):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, **how)


@pytest.fixture
def photos(tmp_path):
    """Twelve unlike pictures."""
    for seed in range(12):
        save(tmp_path / "photos" / f"{chr(97 + seed)}.png", town(seed))
    return tmp_path / "photos"


@pytest.fixture
def drive(tmp_path):
    """Forty frames of a window that moves over a long strip, by a twentieth of its width a frame."""
    strip = town(1, 64 + 3 * 40)
    for frame in range(40):
        save(tmp_path / "drive" / f"{frame:03d}.png", strip[:, 3 * frame : 3 * frame + 64])
    return tmp_path / "drive"


def splits_of(manifest):
    return {entry.path: entry.split for entry in manifest.entries}


def leaking(photos, rules=ALLOW):
    """A picture of training and one of the test, as the rules draw them."""
    splits = splits_of(scan("town", photos, rules=rules))
    return tuple(next(path for path, split in splits.items() if split == name) for name in ("train", "test"))


def test_pictures_that_have_nothing_in_common_are_split_whatever_the_rule(photos):
    allowed, refused, regrouped = (scan("town", photos, rules=rules) for rules in (ALLOW, REFUSE, REGROUP))

    assert allowed.sha256 == refused.sha256 == regrouped.sha256


def test_a_copy_across_the_split_is_refused_by_name(photos):
    trained, tested = leaking(photos)
    small = town(ord(tested[0]) - 97)[::2, ::2]
    for number in range(4):  # most of them are trained on
        save(photos / trained.replace(".png", f"-small{number}.jpg"), small, quality=60 + number)

    with pytest.raises(LeakError) as error:
        scan("town", photos, rules=REFUSE)

    text = str(error.value)
    assert "of town's pictures leak" in text
    assert f"{tested} (test)" in text
    assert "nearly the same picture (0.9" in text or "nearly the same picture (1.0" in text
    assert "data.leaks=regroup" in text
    assert f"c2c leaks {photos}" in text


def test_regrouped_copies_share_a_group_and_a_split(photos):
    trained, _ = leaking(photos)
    original = town(ord(trained[0]) - 97)
    for number in range(6):
        save(photos / f"copy{number}.jpg", original[: 64 - number // 3], quality=50 + 5 * number)

    manifest = scan("town", photos, rules=REGROUP)

    family = [entry for entry in manifest.entries if entry.path in (trained, *(f"copy{n}.jpg" for n in range(6)))]
    assert len(family) == 7
    assert len({entry.split for entry in family}) == 1
    assert {entry.group for entry in family} == {min(entry.path for entry in family)}
    others = [entry for entry in manifest.entries if entry not in family]
    assert all(entry.group == entry.path for entry in others)
    assert len(manifest.split("test")) in (3, 2 + 7)  # a quarter of twelve groups
    assert search_manifest(manifest).leaks == ()


def test_regrouping_keeps_the_groups_of_a_pattern_whole(photos):
    for number in range(12):
        save(photos / f"walk{number % 3}_{number}.png", town(100 + number))
    save(photos / "again.jpg", town(100), quality=70)

    manifest = scan("town", photos, rules=SplitRules(test=0.25, group=r"(walk\d)_", leaks="regroup"))

    groups = {entry.path: entry.group for entry in manifest.entries}
    assert groups["walk0_0.png"] == groups["walk0_9.png"] == groups["again.jpg"] == "again.jpg"
    assert groups["walk1_1.png"] == groups["walk1_10.png"] == "walk1"


def test_leaks_between_folders_that_say_their_split_are_left_out_of_training(tmp_path):
    for seed in range(8):
        save(tmp_path / "town" / "train" / f"{chr(97 + seed)}.png", town(seed))
    for seed in (100, 101, 3):
        save(tmp_path / "town" / "test" / f"x{seed}.jpg", town(seed), quality=70)

    with pytest.raises(LeakError, match=r"test/x3\.jpg \(test\) and train/d\.png \(train\)"):
        scan("town", tmp_path / "town", rules=REFUSE)
    manifest = scan("town", tmp_path / "town", rules=REGROUP)

    assert len(manifest.split("test")) == 3
    assert "train/d.png" not in splits_of(manifest)
    (skipped,) = manifest.skipped
    assert skipped.path == "train/d.png"
    assert skipped.reason.startswith("leaks from test: with test/x3.jpg, nearly the same picture")


def test_where_the_splits_are_known_leaks_are_not_looked_for(photos):
    save(photos / "copy.jpg", town(0), quality=80)

    manifest = scan("town", photos, rules=REFUSE, split_of=lambda path: "test" if path == "copy.jpg" else "train")

    assert len(manifest.entries) == 13
    (leak,) = search_manifest(manifest).leaks
    assert (leak.a, leak.b, leak.side_a, leak.side_b) == ("a.png", "copy.jpg", "train", "test")


def test_neighbours_of_a_drive_are_told_by_name_and_look_and_unlike_neighbours_are_not(drive, photos):
    frames = sorted(path for path in drive.iterdir())
    hashes = [picture_hash(glance_at(path).grey) for path in frames]

    def greys(number):
        return glance_at(frames[number]).grey

    pairs = related([path.name for path in frames], hashes, greys)

    apart = [pair.b - pair.a for pair in pairs]
    assert apart.count(1) > 30  # of 39
    assert max(apart) <= REACH
    shuffled = np.random.default_rng(0).permutation(40)
    names = [f"{number:03d}.png" for number in shuffled]  # numbers that say nothing
    assert [pair for pair in related(names, hashes, greys) if pair.why == "neighbours"] == []


def test_a_drive_split_by_hash_is_refused_and_by_time_with_a_gap_it_is_not(drive):
    with pytest.raises(LeakError, match="neighbours in a sequence") as error:
        scan("karlsruhe", drive, rules=REFUSE)
    assert 'cities.karlsruhe.split = "time"' in str(error.value)
    with pytest.raises(LeakError, match=r"029\.png \(train\) and 030\.png \(test\)(.|\n)*karlsruhe\.gap, now 0"):
        scan("karlsruhe", drive, rules=SplitRules(test=0.25, rule="time", leaks="refuse"))

    manifest = scan("karlsruhe", drive, rules=SplitRules(test=0.25, rule="time", gap=REACH, leaks="refuse"))

    assert len(manifest.split("test")) == 10


def test_regrouping_by_time_leaves_out_the_frames_before_the_test(drive):
    manifest = scan("karlsruhe", drive, rules=SplitRules(test=0.25, rule="time", leaks="regroup"))

    left_out = [skipped.path for skipped in manifest.skipped]
    assert left_out == sorted(left_out)
    assert set(left_out) <= {"027.png", "028.png", "029.png"}
    assert "029.png" in left_out
    assert search_manifest(manifest).leaks == ()


def test_a_drive_that_hangs_together_cannot_be_regrouped_by_hash(tmp_path):
    strip = town(1, 64 + 20)
    for frame in range(20):
        save(tmp_path / f"{frame:03d}.png", strip[:, frame : frame + 64])

    with pytest.raises(LeakError, match=r'All 20 pictures of drive hang together(.|\n)*split = "time"'):
        scan("drive", tmp_path, rules=REGROUP)


def test_a_manifest_that_was_read_back_gives_the_same_split_without_looking_again(photos, tmp_path):
    save(photos / "copy.jpg", town(0), quality=80)
    first = scan("town", photos, rules=REGROUP)
    write_manifest(tmp_path / "manifest.json", first)

    again = scan("town", photos, rules=REGROUP, earlier=read_manifest(tmp_path / "manifest.json"))

    assert again.sha256 == first.sha256


def test_two_folders_are_compared_with_each_other_and_not_within(tmp_path):
    for seed, name in (
        (0, "train/a.png"),
        (0, "train/b.jpg"),
        (1, "train/c.png"),
        (1, "test/d.jpg"),
        (2, "test/e.png"),
    ):
        save(tmp_path / name, town(seed))

    found = search_folders([tmp_path / "train", tmp_path / "test"])

    assert found.pictures == 5
    (leak,) = found.leaks
    assert (leak.a, leak.b) == (f"{tmp_path}/train/c.png", f"{tmp_path}/test/d.jpg")
    assert leak.why == "near-duplicates"
    one = search_folders([tmp_path])
    assert one.sides == ("test", "train")
    assert [(leak.a, leak.b) for leak in one.leaks] == [("test/d.jpg", "train/c.png")]
    within = search_folders([tmp_path / "train"])
    assert (within.sides, [(leak.a, leak.b) for leak in within.leaks]) == ((), [("a.png", "b.jpg")])


def test_a_broken_file_is_named_and_a_folder_without_pictures_is_an_error(photos, tmp_path):
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff no more")
    (tmp_path / "empty").mkdir()

    assert [skipped.path for skipped in search_folders([photos]).skipped] == ["broken.jpg"]
    with pytest.raises(NoPictures, match="holds no JPEG"):
        search_folders([photos, tmp_path / "empty"])
    with pytest.raises(NoPictures, match="There is no folder"):
        search_folders([tmp_path / "nowhere"])
