"""Matches become stories. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from ingest.model import FOLDS, FoldArticle, Match, Story


def fold(articles: Iterable[FoldArticle], matches: Iterable[Match]) -> list[Story]:
    """The stories of a set of articles that is closed under folding matches.

    An agency's own pages first, then in the order they appeared, each article that no story has
    taken yet becomes the original of one and takes every untaken article that matches it directly.
    Nothing is chained, and the result depends on the set alone, not on the order or the batches it
    arrived in.
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
            # an earlier neighbour is taken by now: else it would have taken this one
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
    """The pairs to compare before these stories can stand, the smaller id first; the likeliest
    originals' pairs before others.

    Not all of a large story is compared with each other: every copy with the original, and with
    some. Where another becomes the original, it may never have been compared with the rest of those
    that hang together with it, up to `reach` apart.
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
    """What each article folds with directly, by id."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for match in matches:
        if match.relation in FOLDS:
            found[match.a].add(match.b)
            found[match.b].add(match.a)
    return found


def _connected(start: int, neighbours: Mapping[int, set[int]]) -> set[int]:
    """All that a chain of folding matches leads to from an article, itself included."""
    reached, new = {start}, {start}
    while new:
        new = set().union(*(neighbours.get(one, set()) for one in new)) - reached
        reached |= new
    return reached


def _rank(one: FoldArticle) -> tuple[bool, datetime, bool, int, int]:
    """Who is the likelier original: the agency itself, then the earlier. A credit says that an
    article is a copy of the agency's, so it decides among those of one moment only; then length."""
    return not one.is_source, one.appeared, not one.is_credited, -one.words, one.article_id


def _with_ids(groups: list[list[FoldArticle]]) -> list[Story]:
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
