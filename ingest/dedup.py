"""Two texts become a match or nothing; matches become stories. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ingest.model import FOLDS, Candidate, Match, Relation, Story
from ingest.sketch import Shingles


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldParams:
    """Where a resemblance becomes a relation. Shares are of distinct shingles."""

    contained: float = 0.8  # the shorter text's share found in the longer, for any relation
    led: float = 0.5  # the longer text's lead found in the shorter: else it is a round-up


def compare(
    a: int, a_shingles: Shingles, b: int, b_shingles: Shingles, params: FoldParams
) -> Match | None:
    """What two articles are to each other, by all of their shingles; None for nothing.

    A text that lies in a longer one is an abridged copy where both begin alike, since copies are
    cut from the end. Where the longer has a beginning of its own it is a round-up: it embeds the
    other and makes no story with it.
    """
    if a > b:
        return compare(b, b_shingles, a, a_shingles, params)
    if not a_shingles.all or not b_shingles.all:
        return None
    shared = len(a_shingles.all & b_shingles.all)
    a_in_b, b_in_a = shared / len(a_shingles.all), shared / len(b_shingles.all)
    short, long = (
        (a_shingles, b_shingles)
        if len(a_shingles.all) <= len(b_shingles.all)
        else (b_shingles, a_shingles)
    )
    if max(a_in_b, b_in_a) < params.contained:
        return None
    if a_in_b == b_in_a == 1:
        relation = Relation.IDENTICAL
    elif min(a_in_b, b_in_a) >= params.contained:
        relation = Relation.COPY
    elif len(long.lead & short.all) >= params.led * len(long.lead):
        relation = Relation.ABRIDGED
    else:
        relation = Relation.EMBEDS
    return Match(
        a=a,
        b=b,
        relation=relation,
        jaccard=shared / (len(a_shingles.all) + len(b_shingles.all) - shared),
        a_in_b=a_in_b,
        b_in_a=b_in_a,
        shared=shared,
    )


def fold(articles: Iterable[Candidate], matches: Iterable[Match]) -> list[Story]:
    """The stories of a set of articles that is closed under folding matches.

    In the order they appeared, each article that no story has taken yet becomes the original of
    one and takes every untaken article that matches it directly. Nothing is chained, and the
    result depends on the set alone, not on the order or the batches it arrived in.
    """
    ranked = sorted(articles, key=lambda c: (c.appeared, -c.words, c.article_id))
    rank = {candidate.article_id: position for position, candidate in enumerate(ranked)}
    neighbours: defaultdict[int, set[int]] = defaultdict(set)
    for match in matches:
        if match.relation in FOLDS:
            neighbours[rank[match.a]].add(rank[match.b])
            neighbours[rank[match.b]].add(rank[match.a])
    taken: set[int] = set()
    groups: list[list[Candidate]] = []
    for position in range(len(ranked)):
        if position not in taken:
            # an earlier neighbour is taken by now: else it would have taken this one
            group = [position, *sorted(neighbours[position] - taken)]
            taken.update(group)
            groups.append([ranked[member] for member in group])
    return _with_ids(groups)


def _with_ids(groups: list[list[Candidate]]) -> list[Story]:
    """Each group keeps the story id that most of its members had, the lower one on a tie; an id
    claimed by several goes to the one that holds more of it, then to the earlier."""
    claims = []
    for position, group in enumerate(groups):
        held = [c.story_id for c in group if c.story_id is not None]
        claims += [(-held.count(story), story, position) for story in set(held)]
    given: dict[int, int] = {}
    used: set[int] = set()
    for _, story, position in sorted(claims, key=lambda claim: (claim[0], claim[2], claim[1])):
        if position not in given and story not in used:
            given[position] = story
            used.add(story)
    return [
        Story(
            story_id=given.get(position),
            original=group[0].article_id,
            members=tuple(candidate.article_id for candidate in group),
        )
        for position, group in enumerate(groups)
    ]
