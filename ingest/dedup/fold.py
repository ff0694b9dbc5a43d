"""Matches become stories: one original with the articles that are copies of it. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from ingest.model import FOLDS, FoldArticle, Match, Story


def fold(articles: Iterable[FoldArticle], matches: Iterable[Match]) -> list[Story]:
    """The stories of a set of articles. The set holds every article that folds with one of it.

    The articles are taken by rank: the agency's own pages first, then by the time they appeared. An
    article that is in no story yet becomes the original of a new one. The story takes every article
    that matches the original directly and is in no story yet. So stories are not chained, and the
    result does not depend on the order or the batches in which articles arrive.
    """
    ranked = sorted(articles, key=_rank)
    rank = {candidate.article_id: position for position, candidate in enumerate(ranked)}
    neighbours = {
        rank[one]: {rank[other] for other in others} for one, others in _folding(matches).items()
    }
    taken: set[int] = set()
    groups: list[list[FoldArticle]] = []
    for position in range(len(ranked)):
        if position not in taken:
            # each neighbour of a better rank is in another story, or it would have taken this one
            group = [position, *sorted(neighbours.get(position, set()) - taken)]
            taken.update(group)
            groups.append([ranked[member] for member in group])
    return _with_ids(groups)


def unmet(
    articles: Iterable[FoldArticle],
    matches: Iterable[Match],
    stories: Iterable[Story],
    reach: timedelta,
) -> list[tuple[int, int]]:
    """The pairs that still have to be compared before these stories are final.

    In a large story every copy is compared with the original, but not with every other copy. When
    another article becomes the original, it may lack comparisons with articles that a chain of
    matches connects with it. These are the pairs returned, if they appeared at most `reach` apart.
    Each pair has the smaller id first. Pairs of a better-ranked original come first.
    """
    known = {candidate.article_id: candidate for candidate in articles}
    neighbours = _folding(matches)
    pairs = []
    for story in sorted(stories, key=lambda story: _rank(known[story.original])):
        original = known[story.original]
        if not original.was_original:
            apart = _connected(story.original, neighbours) - set(story.members)
            pairs += [
                (min(story.original, other), max(story.original, other))
                for other in sorted(apart)
                if _rank(original) < _rank(known[other])
                and abs(original.appeared - known[other].appeared) <= reach
            ]
    return pairs


def _folding(matches: Iterable[Match]) -> Mapping[int, set[int]]:
    """The ids of the articles that each article folds with directly."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for match in matches:
        if match.relation in FOLDS:
            found[match.a].add(match.b)
            found[match.b].add(match.a)
    return found


def _connected(start: int, neighbours: Mapping[int, set[int]]) -> set[int]:
    """The articles that a chain of folding matches connects with this one, itself included."""
    reached, new = {start}, {start}
    while new:
        new = set().union(*(neighbours.get(one, set()) for one in new)) - reached
        reached |= new
    return reached


def _rank(one: FoldArticle) -> tuple[bool, datetime, bool, int, int]:
    """A key that sorts likelier originals first.

    The agency's own page comes first, then the earlier article. A credit shows that an article is a
    copy of an agency's, so it decides only between articles of the same moment. Then the longer one
    comes first.
    """
    return not one.is_source, one.appeared, not one.is_credited, -one.words, one.article_id


def _with_ids(groups: list[list[FoldArticle]]) -> list[Story]:
    """A story for each group, with the story id that most of its members had before.

    On a tie the lower id is kept. An id that several groups had goes to the group with more of its
    members, then to the group that comes first.
    """
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
