"""`copydesk why` and `copydesk diff`."""

from datetime import timedelta

from support.builders import NOW, ago, article, prose
from support.commands import COPY, STORY, copydesk
from support.filing import file_articles

from storage.store import open_store
from storage.upkeep.tidy import Keep


def test_why_two_articles_are_one_story_is_told_with_figures_and_the_rule(filled):
    status, shown, _ = copydesk("why", "--db", filled, STORY, COPY)
    assert status == 0
    assert "identical: every run of words is in both" in shown
    assert "Both are in story 1." in shown
    status, shown, _ = copydesk("why", "--db", filled, STORY, "https://daily.example/own")
    assert status == 0
    assert "nothing: they share no run of words" in shown
    assert "They are two stories." in shown


def test_why_says_in_words_what_makes_a_text_a_later_version(db):
    earlier, later = prose(0, 600).split(), prose(0, 600).split()
    earlier[100:145] = prose(5000, 45).split()
    later[200:245] = prose(6000, 45).split()
    later[300] = "12"
    earlier[300] = "9"
    with open_store(db) as store:
        articles = [
            article(STORY, text=" ".join(earlier), published=ago(hours=3)),
            article(COPY, text=" ".join(later), published=ago(hours=1)),
        ]
        file_articles(store, store.runs.begin(NOW), articles)
    _, shown, _ = copydesk("why", "--db", db, STORY, COPY)
    told = " ".join(shown.split())
    assert told.startswith("update: most is in both, but")
    assert "passages that the other has not: at least 90 words, 15% of the shorter text" in told
    assert "Passages of one text stand in place of others: 90 words" in told
    assert "Names or numbers differ in 1 of them; different changes of numbers: 1." in told
    assert "They are linked." in told
    _, shown, _ = copydesk("story", "--db", db, STORY)
    assert "Updates, not copies: other versions of the story\n  update" in shown
    assert "Round-ups" not in shown


def test_a_difference_is_shown_by_marks_where_there_are_no_colours(db):
    with open_store(db) as store:
        text = "The harbour council voted by nine to four to sell the pier on Tuesday"
        later = text.replace("sell", "keep").replace(" on Tuesday", "")
        articles = [
            article(STORY, text=f"{text} night", published=ago(hours=3)),
            article(COPY, text=f"{later} today", published=ago(hours=1)),
        ]
        file_articles(store, store.runs.begin(NOW), articles)
    status, shown, _ = copydesk("diff", "--db", db, COPY, STORY)
    assert status == 0
    assert "by nine to four to [-sell-] {+keep+} the pier [-on Tuesday night-] {+today+}" in shown
    assert "words: 11 kept, 0 cut, 0 added, 4 changed" in shown


def test_one_article_is_not_compared_with_itself(filled):
    status, _, complaint = copydesk("diff", "--db", filled, STORY, f"{STORY}?utm_source=x")
    assert status == 1
    assert "are one article" in complaint


def test_a_pair_that_was_never_looked_up_is_not_said_to_be_filed(filled):
    texts = [prose(7000, 25), prose(7000, 25)]
    short = [article(f"https://{n}.example/short", text=t) for n, t in enumerate(texts)]
    with open_store(filled) as store:
        file_articles(store, 1, short)
    _, shown, _ = copydesk("why", "--db", filled, short[0].url, short[1].url)
    assert shown.startswith("identical")
    assert "That was found just now: no match of the two is stored." in " ".join(shown.split())


def test_what_is_filed_of_dropped_texts_is_told_and_what_cannot_be_told_is_said(filled):
    with open_store(filled) as store:
        store.tidy(Keep(texts=timedelta(hours=2)), NOW)
        store.publish()
    status, shown, _ = copydesk("why", "--db", filled, STORY, COPY)
    assert status == 0
    assert shown.startswith("identical: every run of words is in both")
    assert "Both are in story 1." in shown
    for asked in (("diff", STORY, COPY), ("why", STORY, "https://daily.example/own")):
        status, _, complaint = copydesk(*asked, "--db", filled)
        assert status == 1
        assert f"the text of {STORY} is no longer kept" in " ".join(complaint.split())


def test_why_takes_addresses_and_says_so(filled):
    status, _, complaint = copydesk("why", "1", "2", "--db", filled)
    assert status == 1
    assert "1 is not an address" in complaint


def test_what_only_reads_is_answered_while_a_run_holds_the_database(filled, tmp_path):
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text(f"label\turl_a\turl_b\ncopy\t{STORY}\t{COPY}\n")
    with open_store(filled) as store:
        store.publish()
        for command in (("why", STORY, COPY), ("diff", STORY, COPY), ("eval", "pairs", pairs)):
            status, _, complaint = copydesk(*command, "--db", filled)
            assert (status, complaint) == (0, ""), command
