import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.model import Failed, Outcome
from ingest.urls import canonical_url, outlet, url_id, without_credentials


@pytest.mark.parametrize(
    ("listed", "canonical"),
    [
        ("https://wire.example/a", "https://wire.example/a"),
        ("  https://wire.example/a \n", "https://wire.example/a"),
        ("HTTPS://Wire.EXAMPLE/A", "https://wire.example/A"),
        ("http://wire.example:80/a", "http://wire.example/a"),
        ("https://wire.example:443/a", "https://wire.example/a"),
        ("https://wire.example:8443/a", "https://wire.example:8443/a"),
        ("https://wire.example/a#comments", "https://wire.example/a"),
        ("https://wire.example/a?", "https://wire.example/a"),
        ("https://wire.example/a?utm_source=rss&utm_medium=feed", "https://wire.example/a"),
        ("https://wire.example/a?fbclid=x", "https://wire.example/a"),
        ("https://wire.example/a?id=7&gclid=1", "https://wire.example/a?id=7"),
        ("https://wire.example/?p=12&lang=de", "https://wire.example/?lang=de&p=12"),
        ("https://wire.example/a b", "https://wire.example/a%20b"),
        ("https://wire.example/häfen", "https://wire.example/h%C3%A4fen"),
    ],
)
def test_an_address_has_one_form_whatever_it_was_listed_as(listed, canonical):
    assert canonical_url(listed) == canonical


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://wire.example/a", "http://wire.example/a"),
        ("https://wire.example/a", "https://www.wire.example/a"),
        ("https://wire.example/a", "https://wire.example/a/"),
        ("https://wire.example/?p=1", "https://wire.example/?p=2"),
    ],
)
def test_addresses_that_may_be_different_pages_stay_different(one, other):
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize(
    "listed",
    [
        "",
        "/news/1",
        "//wire.example/news/1",
        "mailto:desk@wire.example",
        "javascript:void(0)",
        "ftp://wire.example/a",
        "https://",
        "https://:443/a",
        "http://[::1/a",
        "news from the harbour",
    ],
)
def test_what_is_not_a_web_address_is_a_bad_address(listed):
    with pytest.raises(Failed) as caught:
        canonical_url(listed)
    assert caught.value.outcome is Outcome.BAD_ADDRESS


ADDRESSES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["http://", "https://", "HTTP://", "//", "ftp://", ""]),
    st.text(alphabet="abW.-:@[]0 ä%_", max_size=12),
    st.text(alphabet="abc.:/?#[]@!&=;%+~ \\äß漢\u200b\n\t0-utm_source", max_size=20),
)


@given(ADDRESSES | st.text(alphabet=st.characters()))
@example("https://wire\ud83d.example/a")
@example("https://wire.example/cut-emoji-\ud83d")
def test_the_canonical_form_is_its_own_or_there_is_none(listed):
    try:
        canonical = canonical_url(listed)
    except Failed as failure:
        assert failure.outcome is Outcome.BAD_ADDRESS  # noqa: PT017  either will do
        return
    assert canonical_url(canonical) == canonical
    assert 0 <= url_id(without_credentials(canonical)) < 2**63
    assert outlet(canonical) == outlet(canonical).strip()


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://wire.example/a", "wire.example"),
        ("https://www.wire.example/a", "wire.example"),
        ("https://m.wire.example:8443/a", "wire.example"),
        ("https://www.m.wire.example/a", "wire.example"),
        ("https://news.wire.example/a", "news.wire.example"),
        ("https://m.example/a", "m.example"),
        ("https://user:secret@Wire.example/a", "wire.example"),
        ("not an address", ""),
    ],
)
def test_an_outlet_is_the_host_without_its_furniture(url, site):
    assert outlet(url) == site


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://ana:secret@wire.example/a?b=1#c", "https://wire.example/a?b=1#c"),
        ("https://ana@wire.example:8443/a", "https://wire.example:8443/a"),
        ("https://a:b@c@wire.example/", "https://wire.example/"),
        ("https://wire.example/@ana:b", "https://wire.example/@ana:b"),
        ("https://wire.example/a", "https://wire.example/a"),
        ("", ""),
    ],
)
def test_credentials_are_taken_out_and_nothing_else(url, shown):
    assert without_credentials(url) == shown


def test_the_id_of_an_address_never_changes():
    # ids are in everybody's databases: another value here would orphan them
    assert url_id("https://wire.example/news/1") == 610102085574026876
    assert url_id("https://wire.example/news/2") != url_id("https://wire.example/news/1")


@given(st.text())
def test_an_id_fits_a_signed_64_bit_column(url):
    assert 0 <= url_id(url) < 2**63
