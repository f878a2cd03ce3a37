import httpx
import pytest

from c2c.collect.known import KNOWN
from c2c.collect.settings import settings_for
from c2c.collect.sources import CLASSES
from c2c.errors import CollectError

AT = "http://127.0.0.1:8123"


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch):
    for known in KNOWN.values():
        monkeypatch.delenv(known.key_variable, raising=False)
    monkeypatch.delenv("C2C_CONTACT", raising=False)


def test_every_known_source_has_a_class():
    assert set(KNOWN) == set(CLASSES)


def test_panoramax_needs_nothing():
    own = settings_for("panoramax")

    assert (own.base_url, own.requests_per_second, own.private_origin) == ("https://api.panoramax.xyz", 1.0, "")


def test_street_view_is_refused_until_its_terms_are_named():
    with pytest.raises(CollectError, match="--accept-terms google-streetview"):
        settings_for("streetview")

    assert settings_for("streetview", accepted_terms=["google-streetview"]).accepted_terms == ("google-streetview",)


def test_a_service_on_this_machine_stands_in_for_every_address_and_needs_no_terms_and_no_key():
    for name in KNOWN:
        own = settings_for(name, at=AT)

        assert own.base_url == f"{AT}/{KNOWN[name].path or name}"
        assert own.private_origin == "127.0.0.1:8123"
    assert settings_for("streetview", at=AT).tiles_url == f"{AT}/streetview"


def test_terms_are_needed_again_where_the_stand_in_is_elsewhere():
    for more in (
        {"at": "https://elsewhere.example"},
        {"at": AT, "overrides": ["sources.streetview.tiles_url=https://elsewhere.example"]},
    ):
        with pytest.raises(CollectError, match="accept"):
            settings_for("streetview", **more)


def test_a_setting_can_be_changed_for_one_source():
    overrides = ["sources.panoramax.requests_per_second=2", "sources.flickr.timeout_s=5", "sources.panoramax.zoom=3"]
    own = settings_for("panoramax", overrides=overrides)

    assert (own.requests_per_second, own.timeout_s, own.zoom) == (2.0, 30.0, 3)


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("sources.panoramax.zooom=3", "did you mean 'zoom'"),
        ("sources.panoramix.zoom=3", "did you mean 'panoramax'"),
        ("zoom=3", r"write sources\.NAME\.FIELD=VALUE"),
        ("sources.panoramax.zoom=9", "0 to 5"),
        ("sources.panoramax.zoom=two", "cannot be used"),
        ("sources.panoramax.most_pixels=178956971", "larger pictures cannot be opened"),
        ("sources.panoramax.requests_per_second=0", "above 0"),
        ("sources.panoramax.requests_per_second=inf", "above 0"),
        ("sources.panoramax.requests_per_second=nan", "above 0"),
        ("sources.panoramax.base_url=file:///etc", "no address of the web"),
        ("sources.panoramax.key=secret", "There is no setting"),
        ("sources.panoramax.private_origin=10.0.0.1:80", "There is no setting"),
    ],
)
def test_a_setting_that_cannot_be_is_named_with_what_was_needed(override, said):
    with pytest.raises(CollectError, match=said):
        settings_for("panoramax", overrides=[override])


def test_a_key_comes_from_the_environment_and_is_in_no_text(monkeypatch):
    monkeypatch.setenv("C2C_FLICKR_KEY", "very-secret")
    own = settings_for("flickr")

    assert own.key == "very-secret"
    assert "very-secret" not in repr(own) + str(own) + own.user_agent
    assert own.redacted("api_key=very-secret&x") == "api_key=…&x"


def test_a_missing_key_is_an_error_that_says_where_to_put_it():
    with pytest.raises(CollectError, match="export C2C_MAPILLARY_KEY"):
        settings_for("mapillary")


@pytest.mark.parametrize("at", ["http://town.example:8111", "https://127.0.0.1:8111"])
def test_a_stand_in_never_gets_the_real_key(monkeypatch, at):
    monkeypatch.setenv("C2C_FLICKR_KEY", "very-secret")

    assert settings_for("flickr", at=at).key == "toytown"


def test_a_password_in_an_address_is_refused_and_not_repeated():
    for more in (
        {"at": "http://me:secret@127.0.0.1:1"},
        {"overrides": ["sources.panoramax.base_url=http://me:secret@a.b"]},
    ):
        with pytest.raises(CollectError, match="a user or a password") as error:
            settings_for("panoramax", **more)
        assert "secret" not in str(error.value)


def test_a_key_that_cannot_be_sent_is_refused(monkeypatch):
    monkeypatch.setenv("C2C_FLICKR_KEY", "a\nb")

    with pytest.raises(CollectError, match="C2C_FLICKR_KEY holds is no key"):
        settings_for("flickr")


def test_a_key_goes_to_the_host_of_its_source_alone(monkeypatch):
    monkeypatch.setenv("C2C_FLICKR_KEY", "very-secret")
    monkeypatch.setenv("C2C_MAPILLARY_KEY", "very-secret")
    flickr, mapillary = settings_for("flickr"), settings_for("mapillary")

    url, _ = flickr.with_key(httpx.URL("https://api.flickr.com/services/rest/?a=b"), httpx.Headers())
    assert dict(url.params) == {"a": "b", "api_key": "very-secret"}
    _, headers = mapillary.with_key(httpx.URL("https://graph.mapillary.com/1"), httpx.Headers())
    assert headers["Authorization"] == "OAuth very-secret"
    for other in ("https://live.staticflickr.com/1.jpg", "http://api.flickr.com/", "https://api.flickr.com:8443/"):
        assert flickr.with_key(httpx.URL(other), httpx.Headers()) == (httpx.URL(other), httpx.Headers())


def test_commons_wants_a_contact_and_tells_it_to_the_service(monkeypatch):
    with pytest.raises(CollectError, match="C2C_CONTACT"):
        settings_for("commons")

    assert "(me@example.org)" in settings_for("commons", contact="me@example.org").user_agent
    monkeypatch.setenv("C2C_CONTACT", "you@example.org")
    assert "(you@example.org)" in settings_for("commons").user_agent


def test_a_contact_that_would_break_the_request_is_refused():
    with pytest.raises(CollectError, match="cannot be sent"):
        settings_for("commons", contact="me\r\nX-Evil: 1")
