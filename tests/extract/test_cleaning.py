import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.builders import NOW, article

from ingest.extract.cleaning import clean, counted, without_recurring
from ingest.extract.rules import RULES, Surroundings
from ingest.extract.wording import key, line_hash
from ingest.model import Removed
from ingest.words import size

PROSE = (
    "The harbour council met on Monday to hear why the old quay had sunk by a hand's breadth.",
    "A pilot told the members that the ferry could not wait for another winter of storms.",
    "Work is to begin in May, the mayor said, and nobody in the hall asked what it would cost.",
    "Two of the seven members voted against it because the plan leaves out the fish market.",
    "The union wants the night shift to be paid for the days on which the crane stands still.",
    "By the end of the evening the gale had torn a second fender from the northern wall.",
)
HEADLINE = "John Smith says talks about the lighthouse are over"
AROUND = Surroundings(
    titles=frozenset({"harbour council votes"}),
    links=frozenset({key(HEADLINE), "the fish market", "what the keeper of the light saw"}),
    headings=frozenset({"what the keeper of the light saw"}),
    authors=frozenset({"ana lund", "reuters"}),
)


def around(**fields):
    return Surroundings(**{name: frozenset(values) for name, values in fields.items()})


def by(rule, lines, surroundings=AROUND):
    """What one rule alone leaves of the lines."""
    return clean(lines, surroundings, {rule: RULES[rule]})[0]


def is_dropped(rule, line, *, at="head", surroundings=AROUND):
    """Whether a rule drops a line at the head, within or at the tail of some prose."""
    place = {"head": 0, "middle": 3, "tail": 6}[at]
    lines = [*PROSE[:place], line, *PROSE[place:]]
    left = by(rule, lines, surroundings)
    assert left in (lines, list(PROSE)), "the prose itself was touched"
    return left != lines


def test_the_headline_above_the_text_goes():
    assert is_dropped("titles", "Harbour council votes")
    assert is_dropped("titles", "HARBOUR COUNCIL VOTES!")


def test_the_headline_below_the_head_and_other_lines_stay():
    assert not is_dropped("titles", "Harbour council votes", at="tail")
    assert not is_dropped("titles", "Harbour council votes again")


@pytest.mark.parametrize("line", ["***", "— — —", "→", "• • •", "_____", "…", "🙂"])
def test_a_line_without_a_word_goes(line):
    assert is_dropped("symbols", line, at="middle")


@pytest.mark.parametrize("line", ["7", "港", "- a", "50 %"])
def test_a_line_with_a_letter_or_a_digit_is_no_symbol(line):
    assert not is_dropped("symbols", line, at="middle")


@pytest.mark.parametrize(
    "line",
    [
        *("Share", "SHARE", "Share 12", "Advertisement", "- Advertisement -", "Read more…"),
        *("5 min read", "3 Comments", "Story continues below advertisement"),
        *("Teilen", "Anzeige", "Weiterlesen nach der Anzeige", "Publicité", "Lire la suite"),
        *("Publicidad", "Lea también:", "Continua após a publicidade", "Pubblicità", "Lees ook"),
        *("Reklama", "Czytaj też", "Реклама", "Читайте также:", "Διαφήμιση", "Paylaş"),
        *(
            "إعلان",
            "اقرأ أيضا",
            "פרסומת",
            "विज्ञापन",
            "Baca juga",
            "Quảng cáo",
            "广告",
            "続きを読む",
        ),
        *("관련기사", "โฆษณา"),
    ],
)
def test_what_an_interface_says_goes(line):
    assert is_dropped("phrases", line, at="middle")


@pytest.mark.parametrize(
    "line",
    [
        "Share prices fell.",
        "Advertisement revenue fell by a third.",
        "1. Facebook",  # an item of a list
        "2) Telegram",
        "More news came from the north.",
        "Teilen ist schön.",
        "1914",
        "“Stop.”",
    ],
)
def test_a_line_that_only_begins_like_an_interface_stays(line):
    assert not is_dropped("phrases", line, at="middle")


@pytest.mark.parametrize(
    "line",
    [
        "Read more: Ferry strike enters its third week",
        "READ ALSO | Ferry strike enters its third week",
        "Related — Who owns the lighthouse?",
        "Read next - Who owns the lighthouse",
        "Lesen Sie auch: Wem gehört der Leuchtturm?",
        "Lire aussi : À qui appartient le phare ?",
        "Lea también: ¿De quién es el faro?",
        "Leia também: De quem é o farol?",
        "Leggi anche: Di chi è il faro?",
        "Читайте также: Чей это маяк?",
        "اقرأ أيضا: لمن المنارة؟",
        "Baca juga: Siapa pemilik mercusuar?",
        "関連記事：灯台は誰のものか",
        "Quelle: dpa",
    ],
)
def test_a_line_that_points_to_another_article_goes(line):
    assert is_dropped("pointers", line, at="middle")


@pytest.mark.parametrize(
    "line",
    [
        "More – much more – is needed to save the reef.",
        "Read what you like.",
        "The mayor: we shall build it.",
        "Read more: " + " ".join(PROSE[:2]),  # too long for a headline
        "Quelle est la hauteur du phare : personne ne le sait.",
    ],
)
def test_prose_with_a_colon_or_a_dash_points_nowhere(line):
    assert not is_dropped("pointers", line, at="middle")


@pytest.mark.parametrize(
    "line",
    [
        "Sign up for our free morning letter.",
        "Subscribe to The Tide, delivered every weekday.",
        "Follow us on Mastodon and Bluesky",
        "We use cookies to improve your reading.",
        "Photo by Ana Lund.",
        "Add your comment: you must be registered to post.",
        "More from the Harbour Post",
        "Posted on 3 May by Web Desk",
        "Last updated on 12 March 2026 at 14:00",
        "Filed under Harbour, Ferries",
        "Abonnieren Sie unseren Newsletter.",
        "Inscrivez-vous à notre lettre du matin.",
        "Suscríbete a nuestro boletín diario",
        "Подписывайтесь на наш канал",
        "Ikuti kami di Telegram",
    ],
)
def test_a_line_that_asks_for_something_goes(line):
    assert is_dropped("pleas", line, at="middle")


@pytest.mark.parametrize(
    "line",
    [
        "Posted on the ministry's page on Tuesday, the video shows the ferry on fire.",
        "Published on Monday, the report blames a fuel line.",
        "More from the north is expected on Friday.",
        "“Support our crews,” he told the meeting.",
        "- Subscribe to the channel of the coast guard",  # an item of a list
        "Quelle est la hauteur du phare ?",  # not the German "Quelle"
        "Theo dõi diễn biến của cơn bão trên biển",  # watching a storm, not us
        "اشترك في المؤتمر عشرون صيادا",  # twenty took part
        "Sign up for the course now, the union tells its members, before the places are given to "
        "those from the other side of the bay, who have asked for them since the spring.",
    ],
)
def test_prose_that_begins_like_a_plea_stays(line):
    assert not is_dropped("pleas", line, at="middle")


@pytest.mark.parametrize(
    "line",
    [
        "March 12, 2026",
        "Published: 12 March 2026, 14:00 GMT",
        "Mon., Sept. 14, 2026 at 3:05 p.m. EDT",
        "14. September 2026, 15:05 Uhr",
        "Publié le 14 septembre 2026 à 15h05",
        "14 de septiembre de 2026",
        "14 settembre 2026",
        "14 września 2026",
        "14 сентября 2026 г.",
        "14 Eylül 2026",
        "14 सितंबर 2026",
        "14 tháng 9 2026",
        "2026年9月14日 15:05",
        "2026년 9월 14일",
        "2026-09-14",
    ],
)
def test_a_line_that_is_a_date_goes_at_either_end_and_stays_within(line):
    assert is_dropped("dates", line, at="head")
    assert is_dropped("dates", line, at="tail")
    headings = [*PROSE, line, *PROSE]
    assert by("dates", headings) == headings


@pytest.mark.parametrize(
    "line",
    [
        "7",
        "3-2",
        "10 mins",
        "May",
        "In 1914 the quay was built",
        "Monday night",
        "1 of 6",
        "Room 12",
    ],
)
def test_numbers_and_days_alone_are_no_date(line):
    assert not is_dropped("dates", line)


@pytest.mark.parametrize("line", ["Ana Lund", "By Ana Lund", "Text: Ana Lund", "por Ana Lund"])
def test_the_author_above_the_text_goes(line):
    assert is_dropped("bylines", line)
    assert not is_dropped("bylines", line, at="tail")


def test_a_sentence_that_ends_with_the_author_stays():
    assert not is_dropped("bylines", "The photographs were taken by Ana Lund")


def test_a_line_that_is_a_links_text_goes():
    assert is_dropped("links", HEADLINE, at="middle")
    assert is_dropped("links", HEADLINE + "?", at="tail")


@pytest.mark.parametrize(
    "line",
    [
        "The fish market",  # too short to be told from a name
        f"- {HEADLINE}",  # an item of a list
        f"| {HEADLINE} |",
        "What the keeper of the light saw",  # a heading, with its section below
    ],
)
def test_a_link_that_may_be_the_articles_own_stays(line):
    assert not is_dropped("links", line, at="middle")


@pytest.mark.parametrize(
    "line",
    [
        "Jo Kern is a reporter at the Harbour Post and lives near the fish market.",
        "Jo Kern is the paper's shipping correspondent.",
        "Ana Lund has written about boats since 1999.",
        "Contact the newsroom: tips@harbour.example",
        "Follow Jo Kern on Bluesky @jokern",
    ],
)
def test_who_wrote_it_goes_at_the_tail(line):
    assert is_dropped("biographies", line, at="tail")
    assert not is_dropped("biographies", line, at="head")


@pytest.mark.parametrize(
    "line",
    [
        "Jo Kern was a reporter who covered the strike of 1984.",  # an obituary
        "Reuters could not reach the owner of the ferry.",  # signed with one word
        "Ana Lundgren led the night shift.",
    ],
)
def test_prose_about_reporters_and_namesakes_stays(line):
    assert not is_dropped("biographies", line, at="tail")


def test_a_biography_is_never_found_in_the_first_half_of_a_brief():
    brief = [PROSE[0], "The man is a freelance journalist from the north.", *PROSE[1:3]]
    assert by("biographies", brief) == brief


@pytest.mark.parametrize(
    "line",
    [
        "© 2026 Harbour Media",
        "Copyright 2026 The Wire. All rights reserved.",
        "Copyright The Wire 2026",
        "Alle Rechte vorbehalten",
        "Riproduzione riservata",
        "Todos los derechos reservados.",
        "Все права защищены",
        "This material may not be published, broadcast or rewritten.",
        "無断転載を禁じます",
    ],
)
def test_a_copyright_line_goes_at_either_end(line):
    assert is_dropped("notices", line, at="head")
    assert is_dropped("notices", line, at="tail")


@pytest.mark.parametrize(
    "line",
    [
        "The copyright of the song ran out in 2019, and the heirs went to court.",
        "Copyright law from 1998 does not cover the charts, the judge said.",
        "The names may not be published until the trial is over.",
    ],
)
def test_prose_about_copyright_stays(line):
    assert not is_dropped("notices", line)


@pytest.mark.parametrize("joint", ["", " "])
@pytest.mark.parametrize("links", [set(), {key(HEADLINE)}])
def test_a_headline_glued_to_the_last_sentence_goes(joint, links):
    lines = [*PROSE[:-1], PROSE[-1] + joint + HEADLINE]
    found = around(links=links)
    kept, removed = clean(lines, found)
    assert kept == list(PROSE)
    assert removed == [Removed(line=HEADLINE, rule="glued")]


@pytest.mark.parametrize("joint", ["", " "])
@pytest.mark.parametrize("headline", [HEADLINE, "Is the U.S. buying the lighthouse at last?"])
def test_within_the_text_a_glued_headline_goes_where_it_is_a_link(joint, headline):
    lines = [PROSE[0] + joint + headline, *PROSE[1:]]
    assert by("glued", lines, around(links={key(headline)})) == list(PROSE)
    assert by("glued", lines, around()) == lines


@pytest.mark.parametrize(
    "last",
    [
        "The quay was sold to Mr. Smith of the County Board of Health",
        "The council meets on Friday. — Norrland Telegraph",
        "The council meets on Friday. (Meridian Press)",
        "The council meets on Friday. “We shall see,” she said",
        "The council meets at No.10 Harbour Street and then goes to lunch",
        "It opens on Sept. 14 in the hall of the old customs house",
        "The council meets on Friday. Nobody knows where",
        "The council meets on Friday. John Smith says that the talks about the lighthouse are "
        "over and that he would rather swim across the bay than sit with the board again",
    ],
)
def test_a_last_sentence_without_its_full_stop_is_no_headline(last):
    lines = [*PROSE, last]
    assert by("glued", lines) == lines


def test_a_spaced_tail_is_taken_for_a_headline_only_where_all_else_ends_as_sentences_do():
    ragged = [line.rstrip(".") for line in PROSE]
    lines = [*ragged, f"{PROSE[0]} {HEADLINE}"]
    assert by("glued", lines, around()) == lines


def test_a_sentence_that_is_a_link_is_no_headline():
    sentence = "The ministry put the new charts on its page on Friday."
    lines = [f"{PROSE[0]} {sentence}", *PROSE[1:]]
    assert by("glued", lines, around(links={key(sentence)})) == lines


def test_one_to_three_last_lines_that_end_no_sentence_go():
    for count in (1, 2, 3):
        loose = [HEADLINE, "Ferry strike enters its third week", "Sources"][:count]
        assert by("trailing", [*PROSE, *loose], around()) == list(PROSE)


@pytest.mark.parametrize(
    "tail",
    [
        ["It ends here."],
        ["“It ends here”"],
        ["- an item of a list"],
        ["One", "Two", "Three", "Four"],  # a list without marks
    ],
)
def test_last_lines_that_may_be_the_articles_stay(tail):
    assert by("trailing", [*PROSE, *tail], around()) == [*PROSE, *tail]


def test_in_a_text_without_full_stops_the_last_line_stays():
    poem = [line.rstrip(".") for line in PROSE]
    assert by("trailing", [*poem, HEADLINE], around()) == [*poem, HEADLINE]


def test_what_recurs_across_the_outlet_goes_wherever_it_stands():
    known = around(recurring={line_hash("The Harbour Post is read in all ports.")})
    for at in ("head", "middle", "tail"):
        line = "The Harbour Post is read in all ports"
        assert is_dropped("recurring", line, at=at, surroundings=known)
    assert not is_dropped("recurring", "Read in all ports.", surroundings=known)


# the whole


@pytest.mark.parametrize("joint", ["\n", "", " "])
@pytest.mark.parametrize("linked", [True, False])
def test_buttons_advertisements_and_the_next_headline_go_and_the_prose_is_whole(joint, linked):
    text = "\n".join(
        [
            *("Share", "Harbour council votes", PROSE[0], "Advertisement", *PROSE[1:4]),
            *("Advertisement", *PROSE[4:]),
        ]
    )
    found = around(titles={"harbour council votes"}, links={key(HEADLINE)} if linked else ())
    kept, removed = clean((text + joint + HEADLINE).split("\n"), found)
    assert kept == list(PROSE)
    assert [one.line for one in removed if one.rule == "phrases"] == [
        *("Share", "Advertisement", "Advertisement")
    ]
    assert {one.line for one in removed} >= {"Harbour council votes", HEADLINE}


def test_a_page_that_cleaning_would_gut_is_left_alone():
    lines = ["Share this story", "Read more", "Leave a comment", "Two lines are left."]
    assert clean(lines, around()) == (lines, [])
    assert clean([*lines, *PROSE], around())[0] == [lines[-1], *PROSE]


def test_nothing_comes_of_nothing():
    assert clean([], around()) == ([], [])


LINES = st.one_of(
    st.text(max_size=80),
    st.sampled_from(PROSE),
    st.sampled_from(["Share", "***", "14 September 2026", HEADLINE, "By Ana Lund", "© 2026 Wire"]),
    st.sampled_from(PROSE).map(lambda line: line + HEADLINE),
    st.sampled_from(PROSE).map(lambda line: f"{line} {HEADLINE}"),
)
TEXTS = st.lists(LINES, max_size=12)


@given(TEXTS)
def test_what_is_kept_and_what_is_removed_is_all_there_was_in_its_order(lines):
    kept, removed = clean(lines, AROUND)
    gone = [one.line for one in removed]
    rest = iter(kept)
    current = next(rest, None)
    for line in lines:
        if current is not None and line == current:
            current = next(rest, None)
        elif current is not None and line.startswith(current):
            gone.remove(line[len(current) :].strip())
            current = next(rest, None)
        elif line:
            gone.remove(line)
    assert current is None
    assert gone == []


@given(TEXTS)
def test_cleaning_keeps_most_of_a_text_or_all(lines):
    kept, removed = clean(lines, AROUND)
    assert sum(map(size, kept)) >= 0.4 * sum(map(size, lines))
    assert removed or [*filter(None, kept)] == [*filter(None, lines)]


@given(st.lists(st.sampled_from(["Share", "***", HEADLINE, "Read more: The lighthouse"])))
def test_a_cleaned_article_is_not_cleaned_again(boilerplate):
    # five lines at the head and two at the tail: what an end's rules see is all there is
    lines = [*boilerplate[:5], *PROSE, *boilerplate[5:7]]
    once, _ = clean(lines, AROUND)
    assert clean(once, AROUND) == (once, [])


@given(TEXTS, st.sets(st.sampled_from([*PROSE, HEADLINE, "Share"]).map(line_hash)))
def test_removing_what_recurs_twice_is_removing_it_once(lines, boilerplate):
    once, _ = without_recurring("\n".join(lines), boilerplate)
    assert without_recurring(once, boilerplate)[0] == once


def test_a_filed_text_loses_what_has_turned_out_to_recur():
    text = "\n".join([PROSE[0], "Call the Harbour Post.", PROSE[1]])
    kept, gone = without_recurring(text, frozenset({line_hash("Call the Harbour Post.")}))
    assert kept == "\n".join(PROSE[:2])
    assert gone == [Removed(line="Call the Harbour Post.", rule="recurring")]


def test_lines_are_counted_once_an_article_and_without_regard_to_case_and_marks():
    lines = counted(article(text="Call us!\nCALL US\n***\nThe quay has sunk.", first_seen=NOW))
    assert [line.hash for line in lines] == [line_hash("call us"), line_hash("The quay has sunk.")]
    assert [line.words for line in lines] == [2, 4]
    assert all(0 <= line.hash < 1 << 63 for line in lines)


def test_a_line_removed_because_it_recurs_is_still_counted():
    gone = (
        Removed(line="Call the Harbour Post.", rule="recurring"),
        Removed(line="Share", rule="phrases"),
    )
    hashes = {line.hash for line in counted(article(text=PROSE[0], removed=gone))}
    assert hashes == {line_hash(PROSE[0]), line_hash("Call the Harbour Post.")}


#: Sentences of the news that a rule may take for boilerplate by their first words.
MUST_STAY = {
    "phrases": [
        *(
            "Facebook: 71%",
            "- YouTube",
            "- Telegram",
            "Top 10",
            "Comment?",
            "No comments.",
            "Next 5",
        ),
        *("Video?", "Share.", "Home 3", "Photo 51 was the proof."),
    ],
    "pointers": [
        "See: the harbour is empty by noon.",
        "Read: the keeper did, every night, until the lamp went out.",
        "Related: the two men were brothers, it turned out.",
        "Vidéo : les pêcheurs la regardent le soir.",
        "Leggi: sono troppe, dice il ministro.",
        "Video: „Wir gehen jetzt alle nach Hause.“",
    ],
    "pleas": [
        "Hier geht es um sehr viel Geld, sagte der Minister.",
        "Scarica elettrica uccide due operai nel porto.",
        "Entre no mercado e pergunte o preço do peixe, disse ela.",
        "Siga o dinheiro, disse o procurador.",
        "Support our teachers, said the mayor of Norrland on Monday.",
        "Get our boys home, the mothers wrote on the wall.",
        "By clicking a single link, staff let the attackers in.",
        "Never miss a chance to be silent, her father used to say.",
        "Join our brothers, the miners sang.",
        "Haga clic, y la luz se apaga, explicó el ingeniero.",
        "关注 灯塔 的 人 越来越 多。",
    ],
    "dates": ["5 May 1914 was a Tuesday", "On 5 May they sailed"],
    "biographies": [
        "Her daughter, Clara, is the author of three novels.",
        "Clara Holm is the author of three novels about the sea.",
        "The council is the planning authority for the northern bay.",
        "Chile is the world's largest producer of copper and has no use for the quay.",
        "Traffic is a major contributor to the noise of the harbour.",
        "Ann Lee said that she herself had never seen the ship.",
        "Ann Lee has two sons and a boat.",
        "Our guide is a writer of some renown, they were told.",
        "Jo Kern is a reporter " + "and so is every one of her brothers and sisters " * 4,
    ],
    "notices": [
        "The names may not be published, the judge ruled.",
        "The film, © 1971 by the studio, was found in a cellar.",
        "The map (c) was drawn by hand, the other two were not.",
        "The charts may not be copied by hand, the pilots say.",
    ],
    "trailing": ["Norrland 3, Skerrow 1", "Polls close at 20:00", "Won: Ana Lund (51)"],
}


@pytest.mark.parametrize(
    ("rule", "line"), [(rule, line) for rule, lines in MUST_STAY.items() for line in lines]
)
def test_a_sentence_that_must_stay_does(rule, line):
    known = around(authors={"ann lee", "jo kern senior"})
    for at in ("head", "middle", "tail"):
        assert not is_dropped(rule, line, at=at, surroundings=known)
    if rule != "trailing":  # there all that is no sentence goes at the tail
        lines = [*PROSE, line]
        assert line in clean(lines, known)[0] or rule in {"phrases", "dates"}


@pytest.mark.parametrize(
    "line",
    [
        *("Get our app for the news of all ports.", "Never miss a story", "Scarica la nostra app."),
        *("By signing up you agree to our terms and our privacy notice.", "Hier geht es zum Abo"),
    ],
)
def test_an_invitation_goes_where_it_is_no_sentence_or_names_a_service(line):
    assert is_dropped("pleas", line, at="middle")


def test_an_invitation_that_is_a_link_goes_whatever_it_ends_with():
    line = "Support our work for the price of a coffee."
    assert not is_dropped("pleas", line)
    assert is_dropped("pleas", line, surroundings=around(links={key(line)}))


def test_a_pointer_that_leads_to_a_link_goes_whatever_it_ends_with():
    linked = around(links={key("The harbour is empty by noon.")})
    assert is_dropped("pointers", "See: The harbour is empty by noon.", surroundings=linked)


def test_the_dates_of_a_timeline_are_its_headings():
    lines = ["5 May", PROSE[0], "12 May", PROSE[1], "1 June", PROSE[2]]
    assert clean(lines, around()) == (lines, [])


def test_a_verse_at_the_end_stays():
    verse = ["The tide comes in", "the tide goes out", "and nobody is counting"]
    assert by("trailing", [*PROSE, *verse], around()) == [*PROSE, *verse]


def test_who_wrote_it_is_told_by_a_role_or_by_what_they_write():
    known = around(authors={"ann lee"})
    for line in ("Ann Lee is the author of two novels.", "Ann Lee covers shipping for the Post."):
        assert is_dropped("biographies", line, at="tail", surroundings=known)


def test_a_line_of_a_million_characters_is_cleaned_at_once():
    line = "The quay sank.The crane fell. " * 40_000 + HEADLINE
    kept, removed = clean([*PROSE, line], around(links={key(HEADLINE)}))
    assert [one.line for one in removed] == [HEADLINE]
    assert kept[-1].endswith("The crane fell.")


def test_words_that_differ_by_a_vowel_sign_are_different():
    assert key("दिल") != key("दाल")
    assert key("दिल!") == key(" दिल")
    assert line_hash("किताब") != line_hash("कुताब")


def test_the_names_that_are_stored_with_removed_lines_stay_as_they_are():
    stored = (
        *("recurring", "symbols", "phrases", "pointers", "pleas", "titles", "dates", "bylines"),
        *("links", "biographies", "notices", "glued", "trailing"),
    )
    assert tuple(RULES) == stored
