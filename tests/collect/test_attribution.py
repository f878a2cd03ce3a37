import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from c2c.collect.attribution import attribution_text, plain, write_attribution
from c2c.collect.pictures import CollectedPicture, Rights

OPEN = Rights(
    "CC BY-SA 4.0",
    "https://creativecommons.org/licenses/by-sa/4.0/",
    "Ada Brick",
    "“Street” by Ada Brick, Wikimedia Commons, CC BY-SA 4.0",
    "https://commons.example/File:Street_(Paris).jpg",
    True,
)
CLOSED = Rights("unknown", "", "", "“x”, found on a.example; owner unknown", "https://a.example/x", False)


def picture(id, rights, source="commons"):
    return CollectedPicture(
        source, id, "photo", None, "", 9, 9, rights, None, 0.0, 0.0, (), (), f"photos/{id}.jpg", None, "0", 5, "", ""
    )


def test_every_picture_is_credited_below_its_author_and_licence():
    text = attribution_text([picture("1", OPEN), picture("2", OPEN), picture("3", CLOSED, "browser")])

    assert "## Ada Brick (Wikimedia Commons)" in text
    assert "Licence: [CC BY-SA 4.0](https://creativecommons.org/licenses/by-sa/4.0/)" in text
    assert "## Author not named (a search page in a browser)" in text
    for id in "123":
        assert f"- `photos/{id}.jpg`: " in text
    assert "([page](https://commons.example/File:Street_%28Paris%29.jpg))" in text


def test_the_table_says_what_may_travel_and_how():
    noncommercial = replace(OPEN, licence="CC BY-NC 2.0", licence_url="https://creativecommons.org/licenses/by-nc/2.0/")
    text = attribution_text([picture("1", OPEN), picture("2", CLOSED), picture("3", noncommercial)])

    assert "| CC BY-SA 4.0 | 1 | yes, under the same licence |" in text
    assert "| unknown | 1 | no |" in text
    assert "| CC BY-NC 2.0 | 1 | yes, not for money |" in text


def test_what_others_wrote_is_text_and_nothing_else():
    evil = replace(
        OPEN,
        author="[click](javascript:alert(1)) <script>alert(1)</script>\n# Heading",
        landing_page="javascript:alert(1)",
        licence_url='https://a.example/"><script>',
    )
    text = attribution_text([picture("1", evil)])

    assert not re.search(r"(?<!\\)<", text)
    assert "](javascript" not in text
    assert [line for line in text.splitlines() if line.startswith("# ")] == ["# Where these pictures come from"]


@given(st.text(max_size=80))
def test_no_text_opens_a_tag_or_a_link(text):
    assert not re.search(r"(?<!\\)(\\\\)*[<\[`|]", plain(text))
    assert "\n" not in plain(text)


def test_the_credits_lie_beside_the_pictures(tmp_path):
    assert write_attribution(tmp_path, [picture("1", OPEN)]).name == "ATTRIBUTION.md"
    assert (tmp_path / "ATTRIBUTION.md").read_text(encoding="utf-8").startswith("# Where these pictures come from")
