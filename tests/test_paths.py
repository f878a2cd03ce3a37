from pathlib import Path

from c2c.paths import cache_folder, sha256_of


def test_c2c_cache_names_the_cache_outright(monkeypatch):
    monkeypatch.setenv("C2C_CACHE", "/somewhere")
    assert cache_folder("toytown") == Path("/somewhere/toytown")


def test_without_it_the_cache_lies_where_the_system_keeps_caches(monkeypatch):
    monkeypatch.delenv("C2C_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert cache_folder("weights") == Path("/caches/c2c/weights")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder("weights") == Path.home() / ".cache" / "c2c" / "weights"


def test_the_hash_of_a_file_is_of_its_content(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")

    assert sha256_of(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
