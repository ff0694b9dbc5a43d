"""Matches become stories: one original with the articles that are copies of it. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import combinations

from ingest.model import FOLDS, FoldArticle, Match, Story

#: Share of the original that each of two copies holds. Two copies that both hold as much have at
#: least half of the original in common.
WHOLE = 0.75

Group = tuple[int, ...]  # positions in the ranking, ascending


def fold(articles: Iterable[FoldArticle], matches: Iterable[Match]) -> list[Story]:
    """The stories of a set of articles. The set holds every article that folds with one of it.

    `matches` are all matches between these articles, also those that only link them.

    At first each article is a story. The folding matches are then taken from the closest to the
    weakest, and each joins its two stories, if

    - the original of both together folds with every other member directly, and
    - no two members are known not to fold with each other.

    So stories are not chained, and the result does not depend on the order or the batches in which
    articles arrive. The original is the agency's own page, or else the article that appeared first.
    """
    ranked = sorted(articles, key=_rank)
    known = _known(ranked, matches)
    story_of: dict[int, Group] = {position: (position,) for position in range(len(ranked))}
    refused: set[tuple[Group, Group]] = set()
    for one, other in known.closest_first():
        parts = story_of[one], story_of[other]
        if parts[0] != parts[1] and parts not in refused:
            joined = tuple(sorted(parts[0] + parts[1]))
            if known.may_join(*parts):
                story_of.update(dict.fromkeys(joined, joined))
            else:
                refused.add(parts)
    groups = sorted(set(story_of.values()))
    return _with_ids([[ranked[member] for member in group] for group in groups])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is known of pairs of articles. An article is its position in the ranking."""

    folds: Mapping[int, Mapping[int, Match]]
    links: Mapping[int, set[int]]  # what each is known to be an update of, or embedded in
    whole: set[tuple[int, int]] = field(default_factory=set)  # an original, and what holds most

    def closest_first(self) -> list[tuple[int, int]]:
        """The pairs that fold, the closest first; of equally close ones by rank."""
        pairs = [
            (-min(_held(match)), -match.jaccard, one, other)
            for one, others in self.folds.items()
            for other, match in others.items()
            if one < other
        ]
        return [(one, other) for _, _, one, other in sorted(pairs)]

    def may_join(self, one: Group, other: Group) -> bool:
        """Whether two stories may be one. The first position is that of the original."""
        first, second = sorted((one, other))
        original = first[0]
        if not self.folds[original].keys() >= set(second):
            return False
        if any(not self.links.get(member, set()).isdisjoint(first) for member in second):
            return False
        partial = {member for member in first[1:] if (original, member) not in self.whole}
        return all(
            self.folds[member].keys()
            >= (partial if (original, member) in self.whole else set(first[1:]))
            for member in second
        )


def _known(ranked: Sequence[FoldArticle], matches: Iterable[Match]) -> _Known:
    position = {one.article_id: place for place, one in enumerate(ranked)}
    folds: defaultdict[int, dict[int, Match]] = defaultdict(dict)
    links: defaultdict[int, set[int]] = defaultdict(set)
    whole = set()
    for match in matches:
        if match.a not in position or match.b not in position:
            continue
        a, b = position[match.a], position[match.b]
        if match.relation not in FOLDS:
            links[a].add(b)
            links[b].add(a)
            continue
        folds[a][b] = folds[b][a] = match
        if _held(match)[0 if a < b else 1] >= WHOLE:
            whole.add((min(a, b), max(a, b)))
    return _Known(folds=folds, links=links, whole=whole)


def unmet(
    articles: Iterable[FoldArticle],
    matches: Iterable[Match],
    stories: Iterable[Story],
    reach: timedelta,
) -> list[tuple[int, int]]:
    """The pairs that still have to be compared before these stories are final.

    In a large story every copy is compared with the original, but not with every other copy. When
    another article becomes the original, it may lack comparisons with articles that a chain of
    matches connects with it. A new copy may lack comparisons with other copies of its original.
    These are the pairs returned, if they appeared at most `reach` apart. Each pair has the smaller
    id first. Pairs of a better-ranked original come first.
    """
    ranked = sorted(articles, key=_rank)
    known = {candidate.article_id: candidate for candidate in ranked}
    listed = list(matches)
    neighbours = _folding(listed)
    met = {(match.a, match.b) for match in listed}
    whole = _whole(listed)
    pairs: dict[tuple[int, int], None] = {}
    for story in sorted(stories, key=lambda story: _rank(known[story.original])):
        original = known[story.original]
        wanted = []
        if not original.was_original:
            apart = _connected(story.original, neighbours) - set(story.members)
            wanted = [
                (story.original, other)
                for other in sorted(apart)
                if _rank(original) < _rank(known[other])
            ]
        copies = sorted(neighbours.get(story.original, set()) & known.keys())
        wanted += [
            (one, other)
            for one, other in combinations(copies, 2)
            if _may_be_new(original, known[one], known[other])
            and not {(story.original, one), (story.original, other)} <= whole
        ]
        for one, other in wanted:
            pair = min(one, other), max(one, other)
            close = abs(known[one].appeared - known[other].appeared) <= reach
            if close and pair not in met:
                pairs[pair] = None
    return list(pairs)


def _may_be_new(original: FoldArticle, one: FoldArticle, other: FoldArticle) -> bool:
    """Whether two copies may lack a comparison: old ones of an old original were compared."""
    return not original.was_original or one.story_id is None or other.story_id is None


def _held(match: Match) -> tuple[float, float]:
    """How much of each is in the other. Matches that an old version filed do not say it."""
    return match.a_aligned or 0.0, match.b_aligned or 0.0


def _whole(matches: Iterable[Match]) -> set[tuple[int, int]]:
    """The pairs of which the second holds most of the first."""
    found = set()
    for match in matches:
        a_held, b_held = _held(match)
        if a_held >= WHOLE:
            found.add((match.a, match.b))
        if b_held >= WHOLE:
            found.add((match.b, match.a))
    return found


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
