"""Matches become stories. Pure."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from ingest.model import FOLDS, Candidate, Match, Story


def fold(articles: Iterable[Candidate], matches: Iterable[Match]) -> list[Story]:
    """The stories of a set of articles that is closed under folding matches.

    An agency's own pages first, then in the order they appeared, each article that no story has
    taken yet becomes the original of one and takes every untaken article that matches it directly.
    Nothing is chained, and the result depends on the set alone, not on the order or the batches it
    arrived in.
    """
    ranked = sorted(articles, key=_rank)
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


def _rank(one: Candidate) -> tuple[bool, datetime, bool, int, int]:
    """Who is the likelier original: the agency itself, then the earlier. A credit says that an
    article is a copy of the agency's, so it decides among those of one moment only; then length."""
    return not one.is_source, one.appeared, not one.is_credited, -one.words, one.article_id


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
