import pytest

from c2c.site.runtime import LICENCE, SCRIPT, cached_files, runtime_files


def test_without_a_cache_there_are_no_files(monkeypatch, tmp_path):
    monkeypatch.setenv("C2C_CACHE", str(tmp_path))

    assert cached_files() is None


def test_the_files_in_the_cache_stand_beside_their_licence():
    found = cached_files()
    if found is None:
        pytest.skip("onnxruntime-web is not in the cache")

    assert set(found) == {SCRIPT, "ort-wasm-simd-threaded.wasm", LICENCE}
    assert "MIT License" in found[LICENCE].read_text()
    assert runtime_files() == found
