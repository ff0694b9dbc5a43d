"""Pairs made of the sample newsroom's stories, with what readers would say of them.

Cut tails, other words for some, boilerplate of the outlet, two stories joined, a new lead, shared
quotations: what real outlets do to real copy, one thing at a time.
"""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from support.builders import NOW, article

from ingest.evaluation.pairs import LabelledPair

STORIES = Path(__file__).parents[2] / "deploy" / "sample" / "stories"

SYNONYMS = {
    "said": "stated", "officials": "authorities", "about": "around", "more": "further",
    "people": "residents", "large": "big", "began": "started", "after": "following",
}  # fmt: skip
BOILERPLATE = (
    "Sign up for the morning letter and never miss a story from the region\n"
    "Share this on the channels you like best, or send it to a friend by post\n"
    "More from this section: the ten most read stories of the week, chosen by our editors"
)


def stories():
    """The paragraphs of the sample's longer stories, in English."""
    texts = [path.read_text() for path in sorted(STORIES.glob("*.txt"))]
    bodies = [
        text.partition("\n\n")[2].strip().split("\n\n") for text in texts if "lang" not in text
    ]
    return [body for body in bodies if sum(len(p.split()) for p in body) > 250]


def treated(body, other):
    """What an outlet makes of a story, by label; each with the treatment's name."""
    words = " ".join(body).split()
    yield "copy", "verbatim", "\n".join(body)
    yield (
        "copy",
        "synonyms",
        "\n".join(
            " ".join(SYNONYMS.get(word, word) for word in paragraph.split()) for paragraph in body
        ),
    )
    yield "copy", "boilerplate", "\n".join([BOILERPLATE, *body, BOILERPLATE])
    yield "copy", "tail", "\n".join(body[:-1])
    yield "abridged", "cut", "\n".join(body[: len(body) // 2])
    yield "abridged", "brief", " ".join(words[:80])
    yield "embeds", "joined", "\n".join([*other, *body])
    yield "update", "lead", "\n".join([*other[:4], *body[2:]])
    yield "shares", "paragraph", "\n".join([*other, body[2]])
    yield "unrelated", "other", "\n".join(other)


def corpus():
    """Articles and labelled pairs; each treatment is the habit of one outlet."""
    articles, pairs = [], []
    for number, (body, other) in enumerate(pairwise(stories())):
        if number % 2:
            continue  # each story is in one pair of neighbours only
        day = timedelta(days=5 * number)  # beyond the window from all others
        original = f"https://wire.example/{number}"
        articles.append(article(original, text="\n".join(body), published=NOW - day))
        for label, treatment, text in treated(body, other):
            url = f"https://{treatment}.example/{number}"
            later = NOW - day + timedelta(hours=3)
            articles.append(article(url, text=text, published=later))
            pairs.append(LabelledPair(label=label, url_a=original, url_b=url))
    return articles, pairs
