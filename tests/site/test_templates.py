"""A folder of one's own: replaces files of c2c's, extends them, and is told where it does not work."""

import re

import pytest

from c2c.errors import TemplatesError
from c2c.site import build_site
from c2c.site.rendering import environment, lay_out, shipped_templates


@pytest.fixture
def mine(tmp_path):
    """A function that writes files of one's own and gives their folder."""

    def write(**files):
        for name, text in files.items():
            path = tmp_path / "mine" / name.replace("__", "/").replace("_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path / "mine"

    return write


def test_one_block_of_a_page_is_replaced_and_the_rest_stays_c2c_s(own_run, mine, read_page):
    folder = mine(
        index_html='{% extends "c2c:index.html" %}'
        "{% block opening %}<h1>Class 7b: {{ home.facts | length }} facts</h1>{% endblock %}"
    )
    page = read_page(build_site(own_run, templates=folder).page)

    assert "Class 7b: 4 facts" in page.words
    assert "What a city looks like" in page.words
    assert "Toytown, small" not in page.markup.partition("<main")[2].partition("</main")[0]


def test_a_block_of_the_frame_is_replaced_on_every_page(own_run, mine, read_page):
    folder = mine(
        base_html='{% extends "c2c:base.html" %}{% block colophon %}<footer>Of our school</footer>{% endblock %}'
    )
    site = build_site(own_run, templates=folder).page.parent

    for path in site.glob("*.html"):
        assert "Of our school" in read_page(path).words, path.name
    assert "Every number links to the record" not in read_page(site / "speed.html").words


def test_a_theme_of_one_file_changes_the_colours_and_nothing_else(own_run, mine):
    theme = (shipped_templates() / "assets" / "theme.css").read_text(encoding="utf-8")
    site = build_site(own_run).page.parent
    before = {path.name: path.read_bytes() for path in (site / "assets").iterdir()}
    build_site(own_run, templates=mine(assets__theme_css=theme.replace("#b8391a", "#1a5fb8")))
    after = {path.name: path.read_bytes() for path in (site / "assets").iterdir()}

    assert {name for name in after if after[name] != before[name]} == {"theme.css"}
    assert b"#1a5fb8" in after["theme.css"]


def test_a_folder_that_is_not_there_or_replaces_nothing_is_an_error(tmp_path, mine):
    with pytest.raises(TemplatesError, match="does not exist"):
        environment(tmp_path / "nowhere")
    (tmp_path / "file").touch()
    with pytest.raises(TemplatesError, match="is no folder"):
        environment(tmp_path / "file")
    with pytest.raises(TemplatesError, match=r"replaces nothing.*index\.html"):
        environment(mine(indx_html="", assets__styles_css=""))


def test_nothing_is_built_where_the_folder_of_templates_is_missing(own_run, tmp_path):
    with pytest.raises(TemplatesError):
        build_site(own_run, tmp_path / "site", templates=tmp_path / "nowhere")

    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("one\n{{ scores }}", r"index\.html, line 2: 'scores' is undefined"),
        ("{% block content %}", r"index\.html, line 1: .*end of template"),
        ('\n\n{% extends "c2c:indx.html" %}', r"index\.html, line 3: .*indx\.html"),
        ("{{ number + 'text' }}", r"index\.html, line 1: unsupported operand"),
    ],
)
def test_a_template_that_does_not_work_is_named_with_its_line(mine, text, words):
    folder = mine(index_html=text)

    with pytest.raises(TemplatesError, match=words):
        lay_out(environment(folder), "index.html", {"number": 1}, folder)


def test_every_block_of_the_first_page_can_be_replaced_alone(own_run, mine, read_page):
    blocks = re.findall(r"{% block (\w+) %}", (shipped_templates() / "index.html").read_text(encoding="utf-8"))
    assert {"opening", "cities", "gaps", "tried", "works", "extremes", "scores"} <= set(blocks)
    folder = mine(
        index_html='{% extends "c2c:index.html" %}'
        + "".join(f"{{% block {name} %}}[{name}]{{% endblock %}}" for name in blocks if name not in ("content", "head"))
    )
    page = read_page(build_site(own_run, templates=folder).page)

    assert "[opening][cities][gaps][tried][works][extremes][scores]" in page.words.replace(" ", "")
