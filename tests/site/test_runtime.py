import pytest

from c2c.site.runtime import LICENCE, NAME, PACKAGE, SCRIPT, VERSION, cached_files


def test_without_a_cache_there_are_no_files(monkeypatch, tmp_path):
    monkeypatch.setenv("C2C_CACHE", str(tmp_path))

    assert cached_files() is None


def test_the_archive_is_the_pinned_one_and_the_script_is_among_its_files():
    assert PACKAGE.archive == f"{NAME}-{VERSION}.tgz"
    assert f"dist/{SCRIPT}" in PACKAGE.files


def test_the_files_in_the_cache_stand_beside_their_licence():
    found = cached_files()
    if found is None:
        pytest.skip("onnxruntime-web is not in the cache")

    assert set(found) == {SCRIPT, "ort-wasm-simd-threaded.wasm", LICENCE}
    assert "MIT License" in found[LICENCE].read_text()
