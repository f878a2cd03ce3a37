import pytest

from c2c.collect.live_map.leaflet import LICENCE, PACKAGE, SCRIPT, STYLE
from c2c.npm import cached_files


def test_leaflet_in_the_cache_is_the_pinned_one_with_its_licence():
    found = cached_files(PACKAGE)
    if found is None:
        pytest.skip("Leaflet is not in the cache")

    assert set(found) == {SCRIPT, STYLE, LICENCE}
    assert f"Leaflet {PACKAGE.version}" in found[SCRIPT].read_text(encoding="utf-8")[:200]
    assert "Redistribution and use in source and binary forms" in found[LICENCE].read_text(encoding="utf-8")
