import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.verdict import Appearance, judge
from ingest.model import Outcome, Verdict
from ingest.words import words

SENTENCE = "The harbour council told the owners of the ferry that the quay must be made longer."
URL = "https://wire.example/news/1"
ARTICLE = ("NewsArticle",)


def seen(lines, *, url=URL, **fields):
    return judge(lines, Appearance(url=url, **fields))


def verdict(*lines, **fields):
    found, reason = seen(lines, **fields)
    assert bool(reason) == (found is not Verdict.FULL), "every verdict but full has its reason"
    return found


def brief(count=64):
    """A short article, a sentence of sixteen words a line."""
    return [SENTENCE] * (count // 16)


def test_a_short_brief_is_an_article():
    assert verdict(*brief(64)) is Verdict.FULL


def test_a_verdict_names_what_it_goes_by():
    assert seen([], title="Page not found")[1] == "it says so: Page not found"
    assert seen(brief(), is_free=False)[1] == "64 words, declared as not free"
    assert seen(["Six words are not an article."])[1] == "6 words of text"


@pytest.mark.parametrize(
    "title",
    [
        *("404", "Error 404", "404 Not Found", "Page not found - The Harbour Post"),
        *("This page doesn’t exist", "Sorry, this article is no longer available"),
        *("Seite nicht gefunden", "Page introuvable | Le Port", "Página no encontrada"),
        *("Página não encontrada", "Pagina non trovata", "Pagina niet gevonden"),
        *("Strona nie została znaleziona", "Страница не найдена", "Sayfa bulunamadı"),
        *("الصفحة غير موجودة", "页面不存在", "ページが見つかりません", "페이지를 찾을 수 없습니다"),
    ],
)
def test_a_page_whose_title_says_so_is_not_found(title):
    assert verdict(title=title) is Verdict.NOT_FOUND
    assert verdict(*brief(64), title, title=title) is Verdict.NOT_FOUND
    assert verdict(*brief(64), title=title) is Verdict.FULL  # an article of that title


def test_a_page_without_text_that_says_so_is_not_found():
    around = "News Sport Weather Sorry, the page could not be found. Try the search."
    assert verdict(title="The Harbour Post", page_text=around) is Verdict.NOT_FOUND


@pytest.mark.parametrize(
    "title",
    [
        "Rabbi and 404 others held after protest",
        "Peugeot 404 wins the rally",
        "Ferry tickets no longer available at the kiosk",
        "Police search boat, nothing found in the hold",
        "Harbour page missing from atlas of 1612",
        "Sorry is the hardest word, says mayor",
    ],
)
def test_a_brief_with_such_a_headline_is_an_article(title):
    assert verdict(*brief(64), title=title) is Verdict.FULL


def test_an_article_about_missing_pages_is_an_article():
    title = "Page not found: what becomes of the links of a town"
    assert verdict(*brief(64), title=title, types=ARTICLE) is Verdict.FULL
    assert verdict(*brief(320), title=title) is Verdict.FULL


@pytest.mark.parametrize(
    "lines",
    [
        (
            "Before you continue",
            "We use cookies and data to deliver our services.",
            "If you choose “Accept all”, we will also personalise advertisements.",
            "Reject all",
        ),
        ("We value your privacy", "We and our 842 partners store data.", "Accept all"),
        ("Wir und unsere Partner verwenden Cookies.", "Alle akzeptieren", "Datenschutz"),
        ("Nous et nos 700 partenaires stockons des données.", "Tout accepter"),
        ("Utilizamos cookies propias y de terceros.", "Aceptar todas", "Rechazar"),
        ("Utilizziamo i cookie per migliorare il sito.", "Accetta tutto"),
        ("Wij en onze partners gebruiken cookies.", "Cookies accepteren"),
        ("Używamy plików cookie.", "Akceptuję i przechodzę do serwisu"),
    ],
)
def test_a_page_that_asks_for_consent(lines):
    assert verdict(*lines) is Verdict.CONSENT


@pytest.mark.parametrize(
    "line",
    [
        "Sites have to show a “reject all” button as large as “accept all”, the court ruled.",
        "The GDPR lets firms plead legitimate interest, the regulator said of the cookie banners.",
        "Der Landtag erteilte seine Zustimmung, und alle akzeptieren nun das Ergebnis der Wahl.",
        "Meloni accetta i negoziati e Salvini accetta le condizioni poste dal porto di Genova.",
        "Le ministre dit que vos données restent au port.",
    ],
)
def test_an_article_about_consent_is_an_article(line):
    assert verdict(*[line] * 6) is Verdict.FULL


def test_a_brief_with_a_cookie_banner_left_in_it_is_an_article():
    banner = ["We use cookies. Accept all or manage your choices."]
    assert verdict(*brief(96), *banner) is Verdict.FULL
    assert verdict("We use cookies.", *banner, types=ARTICLE) is not Verdict.CONSENT


@pytest.mark.parametrize(
    "around",
    [
        *("Please log in", "Forgot your password?", "Sign in to your account"),
        *(
            "Please enable JavaScript to view this page.",
            "Verify you are human",
            "Are you a robot?",
        ),
        *("Passwort vergessen?", "Mot de passe oublié ?", "¿Olvidaste tu contraseña?"),
        *("Esqueceu a senha?", "Password dimenticata?", "Забыли пароль?"),
    ],
)
def test_a_page_that_asks_for_a_login(around):
    assert verdict(page_text=around) is Verdict.LOGIN
    assert verdict(*[around] * (90 // len(words(around)))) is Verdict.LOGIN


@pytest.mark.parametrize(
    "line",
    [
        "Divers were denied access; “access denied”, the sign at the gate of the old dock said.",
        "Police noticed unusual activity on the quay, and an unusual traffic of small boats.",
        "The thieves had used a password that the clerk had forgotten to change, police said.",
    ],
)
def test_a_brief_about_logins_is_an_article(line):
    assert verdict(*[line] * 4) is Verdict.FULL


def test_a_brief_that_lets_its_readers_log_in_to_comment_is_an_article():
    assert verdict(*brief(64), "Please log in to leave a comment.") is Verdict.FULL


@pytest.mark.parametrize(
    "fields",
    [
        {"types": ("VideoObject",)},
        {"types": ("ImageGallery", "WebPage")},
        {"types": ("video.other",)},
        {"url": "https://wire.example/video/ferry-12"},
        {"url": "https://wire.example/sport/gallery/regatta"},
        {"url": "https://wire.example/2026/in-pictures-the-storm"},
        {"url": "https://wire.example/fotostrecke-sturm-am-kai.html"},
        {"url": "https://wire.example/galería/regata", "types": ARTICLE},
        {"url": "https://wire.example/diaporama/la-tempete"},
    ],
)
def test_a_video_or_a_gallery_with_a_few_words(fields):
    assert verdict(*brief(48), **fields) is Verdict.GALLERY


def test_a_brief_at_the_address_of_videos_is_an_article():
    assert verdict(*brief(64), url="https://wire.example/video/ferry-12") is Verdict.FULL


def test_a_gallery_of_captions_is_one_however_long():
    captions = [f"{SENTENCE} (AP Photo/Jo Kern)", f"{SENTENCE} © Wire"]
    assert verdict(*captions * 20, SENTENCE, SENTENCE) is Verdict.GALLERY


@pytest.mark.parametrize(
    "fields",
    [
        {"url": "https://wire.example/2026/video-shows-ferry-on-fire"},
        {"url": "https://wire.example/news/photos-of-the-storm"},
        {"url": "https://wire.example/news/watch-found-in-harbour"},
        {"types": ("NewsArticle", "VideoObject")},
        {"types": ("VideoObject", "article")},  # Open Graph's
        {"types": ("WebPage", "ImageObject")},
    ],
)
def test_a_brief_with_a_video_or_a_picture_is_an_article(fields):
    assert verdict(*brief(64), **fields) is Verdict.FULL


def test_a_long_text_at_the_address_of_a_video_is_an_article():
    fields = {"url": "https://wire.example/video/ferry-12", "types": ("VideoObject",)}
    assert verdict(*brief(320), **fields) is Verdict.FULL


@pytest.mark.parametrize(
    "line",
    [
        "Images of the ferry on fire went round the world, as pictures of storms do.",
        "Reuters images analysed by experts show the photo of the captain on the bridge.",
        "PARIS (AFP) — The photos of the lighthouse were taken by nobody knows whom.",
    ],
)
def test_an_article_about_pictures_is_no_gallery(line):
    assert verdict(*[line] * 6) is Verdict.FULL


@pytest.mark.parametrize(
    "line",
    [
        *("Subscribe to continue reading", "Already a subscriber? Log in", "To keep reading, pay."),
        *("This article is for subscribers only.", "You have reached your free limit"),
        *("Jetzt abonnieren und weiterlesen", "Nur für Abonnenten", "Réservé aux abonnés"),
        *("La suite est réservée aux abonnés", "Solo para suscriptores", "Ya eres suscriptor"),
        *("Exclusivo para assinantes", "Riservato agli abbonati", "Alleen voor abonnees"),
        *("Endast för prenumeranter", "Только для подписчиков", "この記事は会員限定です"),
    ],
)
def test_a_paywall_says_so_below_the_beginning_of_the_article(line):
    assert verdict(*brief(64), line) is Verdict.PAYWALLED
    assert verdict(*brief(64), line, types=ARTICLE) is Verdict.PAYWALLED


def test_a_page_declared_as_not_free_is_paywalled_while_it_is_short():
    assert verdict(*brief(208), is_free=False) is Verdict.PAYWALLED
    assert verdict(*brief(320), is_free=False) is Verdict.FULL


def test_a_page_that_gives_as_much_as_it_states_is_not_cut_off():
    assert verdict(*brief(208), is_free=False, declared_words=220) is Verdict.FULL
    assert verdict(*brief(208), is_free=False, declared_words=900) is Verdict.PAYWALLED


def test_a_page_declared_as_free_has_no_paywall():
    assert verdict(*brief(64), "Subscribe to continue reading", is_free=True) is Verdict.FULL


@pytest.mark.parametrize(
    "line",
    [
        "Turkey is already a member of the league of ports, and wants to become a member to vote.",
        "The stream raises its price for subscribers, and for subscribers only in the north.",
        "Schools want children to keep reading in the summer, and to continue reading in spring.",
        "This story is available in Spanish.",
        "The law grants the coast guard unlimited access to the charts of the sound.",
        "A paywall keeps readers out: “subscribe to read”, it says below every second headline, "
        "and most of those who were asked in the survey of the guild leave without having read.",
    ],
)
def test_a_brief_about_paywalls_is_an_article(line):
    assert verdict(*[line] * 5, *brief(32)) is Verdict.FULL
    assert verdict(*brief(64), line) is Verdict.FULL


def test_a_front_page_is_a_listing():
    assert verdict(*brief(320), url="https://wire.example/") is Verdict.LISTING
    assert verdict(*brief(320), url="https://wire.example") is Verdict.LISTING


@pytest.mark.parametrize("url", ["https://wire.example/?p=812", "https://wire.example/#/story/1"])
def test_an_article_whose_address_has_no_path_is_an_article(url):
    assert verdict(*brief(64), url=url) is Verdict.FULL


def test_a_long_article_at_the_root_of_its_site_is_an_article_where_it_says_so():
    assert verdict(*brief(320), url="https://quay.example/", types=ARTICLE) is Verdict.FULL


def test_a_page_of_links_is_a_listing():
    assert verdict(*brief(96), linked=0.7) is Verdict.LISTING
    assert verdict(*brief(96), linked=0.5) is Verdict.FULL
    assert verdict(*brief(96), linked=0.7, types=("LiveBlogPosting",)) is Verdict.FULL


@pytest.mark.parametrize("end", ["…", " ...", " […]", " [...]", "..."])
def test_a_short_text_that_breaks_off_is_a_teaser(end):
    assert verdict(*brief(32), SENTENCE.rstrip(".") + end) is Verdict.TEASER
    assert verdict(*brief(160), SENTENCE.rstrip(".") + end) is Verdict.FULL


@pytest.mark.parametrize("last", ["More to follow...", "Developing story…", "“We shall see…”"])
def test_a_breaking_brief_is_no_teaser(last):
    assert verdict(*brief(48), last) is Verdict.FULL


@pytest.mark.parametrize("lines", [[], ["Share"], ["A caption of the picture of the quay."] * 3])
def test_what_has_almost_no_text_is_empty(lines):
    assert verdict(*lines) is Verdict.EMPTY


@pytest.mark.parametrize(
    "line",
    [
        "議会は月曜日に、港の古い岸壁が手のひら一枚分沈んだ理由を聞いた。市長は五月に工事を始めると述べた。",
        "สภาท่าเรือประชุมเมื่อวันจันทร์เพื่อฟังเหตุผลที่ท่าเรือเก่าทรุดลง",
        "Совет порта собрался в понедельник, чтобы узнать, почему просела старая набережная. " * 4,
        "اجتمع مجلس الميناء يوم الاثنين ليعرف لماذا هبط الرصيف القديم في العاصفة الأخيرة. " * 4,
    ],
)
def test_a_brief_is_an_article_in_any_script(line):
    assert verdict(line) is Verdict.FULL


def test_a_live_blog_is_an_article():
    entries = [f"{hour}:00 {SENTENCE}" for hour in range(10, 22)]
    assert verdict(*entries, "Please log in to comment", types=("LiveBlogPosting",)) is Verdict.FULL
    assert verdict(*entries) is Verdict.FULL


@pytest.mark.parametrize("kind", Verdict)
def test_every_verdict_is_an_outcome(kind):
    expected = {Verdict.FULL: Outcome.NEW, Verdict.EMPTY: Outcome.NO_TEXT}
    assert kind.outcome is expected.get(kind, Outcome(kind.value) if kind not in expected else None)


@given(
    st.lists(st.text(max_size=60), max_size=6),
    st.text(max_size=60),
    st.text(max_size=60),
    st.floats(0, 1),
)
def test_any_page_is_judged(lines, title, around, linked):
    found, reason = seen(lines, title=title, page_text=around, linked=linked)
    assert (found is Verdict.FULL) == (reason == "")


@given(st.text(max_size=60), st.text(max_size=200))
def test_a_long_article_that_says_it_is_one_is_full_whatever_its_page_says(title, around):
    assert verdict(*brief(320), title=title, page_text=around, types=ARTICLE) is Verdict.FULL
