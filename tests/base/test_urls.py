import pytest
import tld
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.model import Failed, Outcome
from ingest.urls import (
    MAX_ADDRESS,
    MAX_HOST,
    believed_canonical,
    canonical_form,
    canonical_url,
    host_of,
    outlet,
    text_without_secrets,
    url_id,
    without_credentials,
    without_secrets,
)


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
        # the host
        ("https://wire.example", "https://wire.example/"),
        ("https://wire.example./a", "https://wire.example/a"),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("https://XN--Bcher-KVA.example/a", "https://xn--bcher-kva.example/a"),
        ("https://ana:secret@wire.example/a", "https://wire.example/a"),
        ("http://[2001:DB8::1]:80/a", "http://[2001:db8::1]/a"),
        # the path
        ("https://wire.example/%7Eana/%e4%bd%a0%2fb", "https://wire.example/~ana/%E4%BD%A0%2Fb"),
        ("https://wire.example/100%", "https://wire.example/100%25"),
        ("https://wire.example/a/../b/./c", "https://wire.example/b/c"),
        ("https://wire.example/a;jsessionid=1F", "https://wire.example/a"),
        # routes that are told by fragments
        ("https://wire.example/#!/story/1", "https://wire.example/#!/story/1"),
        ("https://wire.example/#/story/1", "https://wire.example/#/story/1"),
        # how a reader came
        ("https://wire.example/a?at_medium=rss&at_campaign=x", "https://wire.example/a"),
        ("https://wire.example/a?ns_campaign=1&ns_mchannel=2", "https://wire.example/a"),
        ("https://wire.example/a?mc_cid=1&mc_eid=2&igshid=3", "https://wire.example/a"),
        ("https://wire.example/a?UTM_Source=rss&amp;xtor=RSS-1", "https://wire.example/a"),
        ("https://wire.example/a?ref=rss&source=newsletter", "https://wire.example/a"),
        ("https://wire.example/a?ocid=social-x", "https://wire.example/a"),
        # AMP and mobile forms
        ("https://amp.wire.example/a", "https://wire.example/a"),
        ("https://m.wire.example/a", "https://wire.example/a"),
        ("https://mobile.wire.example/a", "https://wire.example/a"),
        ("https://wire.example/news/a/amp", "https://wire.example/news/a"),
        ("https://wire.example/news/a/amp/", "https://wire.example/news/a/"),
        ("https://wire.example/a.amp.html", "https://wire.example/a.html"),
        ("https://wire.example/a?amp=1&id=7", "https://wire.example/a?id=7"),
        ("https://wire.example/a?amp", "https://wire.example/a"),
        ("https://wire.example/a?outputType=amp", "https://wire.example/a"),
        ("https://www.google.com/amp/s/wire.example/a?b=1", "https://wire.example/a?b=1"),
        ("https://google.co.uk/amp/wire.example/a", "http://wire.example/a"),
        (
            "https://wire-example.cdn.ampproject.org/c/s/wire.example/a/amp",
            "https://wire.example/a",
        ),
        # links that only lead on
        (
            "https://www.google.com/url?q=https%3A%2F%2Fwire.example%2Fa&sa=D",
            "https://wire.example/a",
        ),
        ("https://news.google.com/news/url?url=http://wire.example/a", "http://wire.example/a"),
        (
            "https://l.facebook.com/l.php?u=https%3A%2F%2Fm.wire.example%2Fa&h=1",
            "https://wire.example/a",
        ),
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
        ("https://wire.example/story?1", "https://wire.example/story?2"),
        ("https://wire.example/story?1", "https://wire.example/story"),
        ("https://wire.example/?s=a", "https://wire.example/?s=b"),
        ("https://wire.example/a?page=1", "https://wire.example/a?page=2"),
        ("https://wire.example/a?gallery=1", "https://wire.example/a?gallery=2"),
        ("https://wire.example/a?cid=1", "https://wire.example/a?cid=2"),
        ("https://wire.example/a?ref=1", "https://wire.example/a?ref=2"),
        ("https://wire.example/a?source=ap", "https://wire.example/a"),
        ("https://wire.example/a?ocid=12", "https://wire.example/a?ocid=13"),
        ("https://wire.example/a?x=1&x=2", "https://wire.example/a?x=2&x=1"),
        ("https://wire.example//a", "https://wire.example/a"),
        ("https://wire.example/A", "https://wire.example/a"),
        ("https://wire.example/tag/amp", "https://wire.example/tag"),
        ("https://wire.example/amp", "https://wire.example/"),
        ("https://m.example/a", "https://example/a"),
        ("https://m.co.uk/a", "https://co.uk/a"),
        ("https://google.com/search?q=http://a.example/", "https://a.example/"),
        ("https://feedproxy.google.com/~r/wire/~3/1", "https://feedproxy.google.com/~r/wire/~3/2"),
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
        "https://wire.example:99999/a",
        "https://.../a",
        "https://ä..example/a",
    ],
)
def test_what_is_not_a_web_address_is_a_bad_address(listed):
    with pytest.raises(Failed) as caught:
        canonical_url(listed)
    assert caught.value.outcome is Outcome.BAD_ADDRESS


LONG = "https://wire.example/"


@pytest.mark.parametrize(
    ("listed", "detail"),
    [
        (LONG + "a" * (MAX_ADDRESS - len(LONG) + 1), "an address of more than 2,083 characters"),
        (LONG + "a" * 1_000_000, "an address of more than 2,083 characters"),
        (LONG + "\u6f22" * 300, "an address of more than 2,083 characters"),  # nine times as long
        ("https://" + "a." * 121 + "wire.example/", "a host of more than 253 characters"),
        ("https://" + "m." * 121 + "wire.example/", "a host of more than 253 characters"),
        # and so is one that only redirects to such a host
        (
            "https://google.com/amp/" + "a." * 121 + "wire.example/",
            "a host of more than 253 characters",
        ),
    ],
)
def test_an_address_or_host_over_the_limits_is_a_bad_address(listed, detail):
    with pytest.raises(Failed) as caught:
        canonical_url(listed)
    assert (caught.value.outcome, caught.value.detail) == (Outcome.BAD_ADDRESS, detail)


def test_an_address_or_host_at_the_limits_has_its_form():
    longest = LONG + "a" * (MAX_ADDRESS - len(LONG))
    assert canonical_url(f"  {longest}\n") == longest
    host = "a." * 120 + "wire.example."
    assert len(host.rstrip(".")) == MAX_HOST - 1
    assert outlet(canonical_url(f"https://{host}/")) == host.rstrip(".")


@pytest.mark.parametrize(
    ("listed", "form"),
    [
        ("https://" + "m.amp." * 20_000 + "wire.example/a", "https://wire.example/a"),
        ("https://" + "m." * 20_000 + "co.uk/a", "https://m.co.uk/a"),
        (LONG + "x" + "/amp" * 50_000, LONG + "x"),
        (LONG + "x" + "/amp" * 50_000 + "/", LONG + "x/"),
        (LONG + "tag" + "/amp" * 50_000, LONG + "tag/amp"),
        (LONG + "x" + ".amp" * 50_000 + ".html", LONG + "x.html"),
        (LONG + "x.amp.html" + "/amp" * 50_000, LONG + "x.html"),
        (LONG + "a/" * 100_000 + "../" * 100_000, LONG),
        (LONG + "a/" * 100_000 + "../" * 99_999, LONG + "a/"),
    ],
)
def test_an_address_stored_before_there_were_limits_keeps_its_form(listed, form):
    # while the loops were quadratic each of these took many seconds
    assert canonical_form(listed) == form


def test_a_hosts_public_suffix_is_looked_up_once_however_long_it_is(monkeypatch):
    looked_up = []
    get_tld = tld.get_tld
    monkeypatch.setattr(tld, "get_tld", lambda *a, **k: looked_up.append(a) or get_tld(*a, **k))
    assert canonical_form("https://" + "m." * 5_000 + "co.uk/a") == "https://m.co.uk/a"
    assert len(looked_up) == 1


@given(st.text(alphabet="abm./%?&;=\u00e4\u6f22", max_size=3000))
@example("/amp" * 520)
@example("a/" * 400 + "../" * 400)
def test_within_the_limits_the_limits_change_nothing(rest):
    listed = f"https://{rest}"
    try:
        canonical = canonical_url(listed)
    except Failed as failure:
        assert "more than" in failure.detail or _fails(listed)  # noqa: PT017  either will do
        return
    assert canonical == canonical_form(listed)
    assert len(canonical) <= MAX_ADDRESS


def _fails(listed):
    try:
        canonical_form(listed)
    except Failed:
        return True
    return False


ADDRESSES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["http://", "https://", "HTTP://", "//", "ftp://", ""]),
    st.text(alphabet="abW.-:@[]0 ä%_", max_size=12),
    st.text(alphabet="abc.:/?#[]@!&=;%+~ \\äß漢\u200b\n\t0-utm_source", max_size=20),
)


@given(ADDRESSES | st.text(alphabet=st.characters()))
@example("https://wire\ud83d.example/a")
@example("https://wire.example/cut-emoji-\ud83d")
@example("https://wire.example/%61mp;a/.%2e/b;%6asessionid=1/..")
@example("https://wire.example/?%61mp;utm_source=a")
@example("https://a../")
@example("https://google.com/amp/s/" * 300 + "wire.example/a")
@example("https://" + "google.com/amp/s/" * 100 + "wire.example/a")
@example("https://wire.example/" + "\u6f22" * 300)
@example("https://wire.example/" + "\u6f22" * 200)
@example(
    "https://google.com/url?q=https%3A%2F%2Fgoogle.com%2Furl%3Fq%3Dhttps%253A%252F%252Fa.example"
)
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
def test_an_outlet_is_the_host_without_its_boilerplate(url, site):
    assert outlet(url) == site


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://ana:secret@wire.example/a?b=1#c", "https://wire.example/a?b=1#c"),
        ("https://ana@wire.example:8443/a", "https://wire.example:8443/a"),
        ("https://a:b@c@wire.example/", "https://wire.example/"),
        ("ana:secret@wire.example/f", "wire.example/f"),
        ("//ana:secret@wire.example/f", "//wire.example/f"),
        ("feed:https://ana:secret@wire.example/f", "feed:https://wire.example/f"),
        ("https://ana:sec/ret@wire.example/f", "https://wire.example/f"),
        ("https://wire.example:8443/@ana", "https://wire.example:8443/@ana"),
        ("http://[2001:db8::1]/@ana", "http://[2001:db8::1]/@ana"),
        ("wire.example:8443/@ana", "wire.example:8443/@ana"),
        ("mailto:ana@wire.example", "mailto:ana@wire.example"),
        ("tag:wire.example,2026:@1", "tag:wire.example,2026:@1"),
        ("https://wire.example/@ana:b", "https://wire.example/@ana:b"),
        ("https://wire.example/a", "https://wire.example/a"),
        ("", ""),
    ],
)
def test_credentials_are_taken_out_and_nothing_else(url, shown):
    assert without_credentials(url) == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://wire.example/f?token=1f9c", "https://wire.example/f?token="),
        ("https://wire.example/f?show=7&auth=1f9c&x=1#a", "https://wire.example/f?show=7&auth=&x=1#a"),
        ("https://wire.example/f?key=1f9c", "https://wire.example/f?key="),
        ("https://wire.example/f?API_KEY=1f9c", "https://wire.example/f?API_KEY="),
        ("https://wire.example/f?apikey=a;b", "https://wire.example/f?apikey="),
        ("https://wire.example/f?access_token=1&password=a b", "https://wire.example/f?access_token=&password="),
        ("https://wire.example/f?feedToken=1f9c", "https://wire.example/f?feedToken="),
        ("https://wire.example/f?sv=2&sig=a%2Fb=", "https://wire.example/f?sv=2&sig="),
        ("https://wire.example/f?X-Amz-Signature=1f9c", "https://wire.example/f?X-Amz-Signature="),
        ("https://wire.example/f?a=1&amp;token=1f9c", "https://wire.example/f?a=1&amp;token="),
        ("https://ana:secret@wire.example/f?token=1f9c", "https://wire.example/f?token="),
        ("https://wire.example/f?token=", "https://wire.example/f?token="),
        # none of these is a secret
        ("https://wire.example/f?author=ana&keyword=quay", None),
        ("https://wire.example/f?monkey=1&sort_key=date&design=2", None),
        ("https://wire.example/token=1f9c/f?q=token", None),
        ("https://wire.example/f?format=rss&tag=keys", None),
    ],
)  # fmt: skip
def test_the_secrets_of_a_feeds_address_are_taken_out_and_nothing_else(url, shown):
    expected = url if shown is None else shown
    assert without_secrets(url) == expected
    assert without_secrets(expected) == expected


def test_a_page_keeps_a_parameter_that_would_be_a_feeds_secret():
    for name in ("key", "token", "auth", "sig"):
        page = f"https://wire.example/a?{name}=1024"
        assert canonical_url(page) == without_credentials(page) == page


def test_a_message_says_no_secret_of_any_address_in_it():
    message = "no answer from 'https://ana:secret@wire.example/f?a=1&token=1f9c' (key=3)"
    assert text_without_secrets(message) == (
        "no answer from 'https://wire.example/f?a=1&token=' (key=3)"
    )


@given(st.text(alphabet="?&;=#/@: token_keysig", max_size=60))
def test_taking_secrets_out_twice_is_taking_them_out_once(text):
    assert without_secrets(without_secrets(text)) == without_secrets(text)
    assert text_without_secrets(text_without_secrets(text)) == text_without_secrets(text)


def test_the_id_of_an_address_never_changes():
    # ids are in everybody's databases: another value here would orphan them
    assert url_id("https://wire.example/news/1") == 610102085574026876
    assert url_id("https://wire.example/news/2") != url_id("https://wire.example/news/1")


@given(st.text())
def test_an_id_fits_a_signed_64_bit_column(url):
    assert 0 <= url_id(url) < 2**63


PAGE = "https://www.wire.example/news/1"


@pytest.mark.parametrize(
    ("page", "declared", "believed"),
    [
        (PAGE, "https://wire.example/news/1?utm_source=x", "https://wire.example/news/1"),
        (PAGE, "/news/one", "https://www.wire.example/news/one"),
        (PAGE, "https://other.example/news/1", None),
        (PAGE, "https://www.wire.example/", None),
        (PAGE, "https://www.wire.example/en/", None),
        (PAGE, "https://www.wire.example/index.html", None),
        (PAGE, "https://www.wire.example/?p=1", "https://www.wire.example/?p=1"),
        ("https://www.wire.example", "https://wire.example/", "https://wire.example/"),
        (PAGE, "", None),
        (PAGE, "http://[", None),
        ("no address", "https://wire.example/a", None),
        ("https://www.msn.com/en/a", "https://wire.example/a", "https://wire.example/a"),
        ("https://news.yahoo.com/a", "https://wire.example/", None),
        ("https://a.co.uk/1", "https://b.co.uk/1", None),
        ("https://ana.blogspot.com/1", "https://jo.blogspot.com/1", None),
        ("http://10.0.0.1/1", "http://10.9.0.1/1", None),
    ],
)
def test_a_page_is_believed_about_itself_and_syndicators_about_others(page, declared, believed):
    assert believed_canonical(page, declared) == believed


@given(ADDRESSES, ADDRESSES | st.text())
def test_whatever_a_page_declares_it_is_believed_or_not(page, declared):
    believed = believed_canonical(page, declared)
    assert believed is None or canonical_url(believed) == believed


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://ana:pa ss@wire.example/f", "https://wire.example/f"),
        ("https://wire.example//@ana/post", "https://wire.example//@ana/post"),
        ("https://wire.example/a?to=//x@y", "https://wire.example/a?to=//x@y"),
    ],
)
def test_a_password_goes_whole_and_nothing_else_does(url, shown):
    assert without_credentials(url) == shown


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Wire.EXAMPLE/a", "wire.example"),
        ("https://wire.example.:443/a", "wire.example"),
        ("http://wire.example.:8080", "wire.example:8080"),
        ("https://ana:secret@wire.example?b", "wire.example"),
        ("http://[2001:DB8::1]:8080/", "[2001:db8::1]:8080"),
        ("https://b\u00fccher.example/", "xn--bcher-kva.example"),
        ("http://[::1/", ""),
        ("no address", ""),
    ],
)
def test_a_host_has_one_name_however_it_is_spelt(url, host):
    assert host_of(url) == host
