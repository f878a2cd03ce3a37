import threading

import numpy as np
from PIL import Image

from c2c.collect.service import Catalogue, town_of
from c2c.collect.service.gallery import Gallery, Memory

CATALOGUE = Catalogue(town_of("burano", 9))


def levels(height):
    return Gallery(CATALOGUE, height, keep=False).level_heights


def test_zooms_double_up_to_the_whole_panorama_as_those_of_real_rigs_do():
    assert levels(64) == (64,)
    assert levels(512) == (256, 512)
    assert levels(1664) == (208, 416, 832, 1664)
    assert levels(8192) == (256, 512, 1024, 2048, 4096, 8192)


def test_tiles_side_by_side_are_the_panorama():
    gallery = Gallery(CATALOGUE, 512, keep=False)
    drawn = np.random.default_rng(0).integers(0, 256, (16, 32, 3), dtype=np.uint8).repeat(32, 0).repeat(32, 1)
    gallery.panorama = lambda shot: Image.fromarray(drawn)
    left, right = (gallery.tile(CATALOGUE.shots[0], 1, x, 0) for x in (0, 1))
    assert left != right
    whole = np.concatenate([read(left), read(right)], axis=1)
    assert np.abs(whole.astype(int) - drawn).mean() < 3


def read(content):
    import io

    return np.asarray(Image.open(io.BytesIO(content)))


def test_what_was_drawn_is_kept_in_the_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("C2C_CACHE", str(tmp_path))
    shot = CATALOGUE.shots[0]
    first = Gallery(CATALOGUE, 16).panorama(shot)
    monkeypatch.setattr(type(CATALOGUE.town), "view", None)
    assert (np.asarray(Gallery(CATALOGUE, 16).panorama(shot)) == np.asarray(first)).all()


def test_memory_makes_a_thing_once_and_forgets_the_oldest():
    memory, made = Memory(100), []

    def make(name):
        return lambda: made.append(name) or name

    threads = [threading.Thread(target=memory.get, args=("a", make("a"), lambda _: 60)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == ["a"]
    memory.get("b", make("b"), lambda _: 60)
    memory.get("b", make("b"), lambda _: 60)
    memory.get("a", make("a"), lambda _: 60)
    assert made == ["a", "b", "a"]
