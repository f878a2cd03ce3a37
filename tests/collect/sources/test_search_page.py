import pytest

from c2c.collect.sources.search_page import TOYTOWN, address_of, read_search_page
from c2c.errors import CollectError

GOOD = """
url = "https://pictures.example/search?q={query}"
item = "a.hit"
picture = ["@data-full", "img@src"]
landing = "@href"
"""


def test_a_recipe_describes_a_page(tmp_path):
    path = tmp_path / "page.toml"
    path.write_text(GOOD + "stall_s = 3\n")
    page = read_search_page(path)

    assert (page.item, page.picture, page.stall_s) == ("a.hit", ("@data-full", "img@src"), 3.0)
    assert str(address_of(page, "", "street & café")) == "https://pictures.example/search?q=street+%26+caf%C3%A9"


def test_the_toytown_page_is_where_the_service_is():
    assert str(address_of(TOYTOWN, "http://127.0.0.1:1/photos", "a")) == "http://127.0.0.1:1/photos/search?q=a"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "describes no search page"),
        ("url = ", "describes no search page"),
        (GOOD.replace("{query}", ""), r"must say url with \{query\}"),
        (GOOD + 'colour = "red"\n', "says colour"),
        (GOOD.replace('"a.hit"', '""'), "must say"),
        (GOOD.replace('"@href"', "3"), "describes no search page"),
    ],
)
def test_a_recipe_that_describes_no_page_is_an_error_that_shows_one(tmp_path, text, said):
    path = tmp_path / "page.toml"
    path.write_text(text)

    with pytest.raises(CollectError, match=said):
        read_search_page(path)


def test_a_missing_recipe_is_an_error(tmp_path):
    with pytest.raises(CollectError, match="describes no search page"):
        read_search_page(tmp_path / "none.toml")


def test_a_page_of_another_kind_is_no_address(tmp_path):
    path = tmp_path / "page.toml"
    path.write_text(GOOD.replace("https://pictures.example", "file:///etc"))

    with pytest.raises(CollectError, match="no address of the web"):
        address_of(read_search_page(path), "", "a")
