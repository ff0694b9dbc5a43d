"""Bounds the work of comparing: how much of a text is compared, and how many pairs. Pure.

A stranger can make pages whose comparison takes minutes. So a text is cut before it is compared,
and comparing has a budget. Work is counted in words, not in seconds: the same articles always give
the same result.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TypeVar

from ingest.model import COMPARED_WORDS, ArticleText
from ingest.words import first_words

#: Characters of a text that count as a word, where it has fewer words than that.
CHARACTERS = 20

Pair = tuple[int, int]
Group = TypeVar("Group", bound=tuple[int, ...])
#: Of each article, by id: its outlet, and what comparing it costs, in words.
Sizes = Mapping[int, tuple[str, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How much is compared for the articles of one batch, in words.

    A pair costs each of its two articles the words of that article. So a short article that shares
    sentences with large ones pays little, and they pay much.

    A batch of 1,000 copies of one story of 200 words needs 32 million words. In the worst case,
    texts of the full length that repeat all their sentences, a million words take about 2 seconds
    of processor time.
    """

    article: int = 2_000_000
    host: int = 20_000_000
    batch: int = 40_000_000


def compared(article: ArticleText) -> ArticleText:
    """The part of an article that is compared: its first COMPARED_WORDS words."""
    text = first_words(article.text, COMPARED_WORDS)
    return article if text is article.text else replace(article, text=text)


def size_of(text: str, words: int) -> int:
    """What comparing a text costs. A text of very long words counts by its characters."""
    return max(words, len(text) // CHARACTERS)


class Spending:
    """What has been spent of a budget. Without one, everything is affordable."""

    def __init__(self, budget: Budget | None = None) -> None:
        self._budget = budget
        self._articles: Counter[int] = Counter()
        self._hosts: Counter[str] = Counter()
        self._spent = 0

    def afford(self, pairs: Sequence[Pair], sizes: Sizes) -> list[Pair]:
        """The pairs that there is budget for, in the order given; their cost is spent.

        `sizes` has what each article costs; one that is missing costs nothing.

        Cheaper pairs come first. Where the batch has not enough for all its hosts, each host gets
        an equal share, and what a host does not need of its share goes to the others.
        """
        if self._budget is None:
            return list(pairs)
        limit = self._host_limit(pairs, sizes, self._budget)
        costs = {pair: _words(pair, sizes) for pair in pairs}
        cheapest = sorted(costs, key=lambda pair: (costs[pair], pair))
        paid = {pair for pair in cheapest if self._pay(pair, sizes, self._budget, limit)}
        return [pair for pair in pairs if pair in paid]

    def _host_limit(self, pairs: Iterable[Pair], sizes: Sizes, budget: Budget) -> int:
        """What a host may have spent after these pairs, at most."""
        wanted = self._hosts.copy()
        for article_id in chain.from_iterable(pairs):
            if article_id in sizes:
                host, words = sizes[article_id]
                wanted[host] += words
        return min(budget.host, fair_share(wanted.values(), budget.batch))

    def _pay(self, pair: Pair, sizes: Sizes, budget: Budget, host_limit: int) -> bool:
        """Spends the cost of a pair, or nothing where one of the budgets has not enough left."""
        articles, hosts = Counter[int](), Counter[str]()
        for article_id in pair:
            if article_id in sizes:
                host, words = sizes[article_id]
                articles[article_id] += words
                hosts[host] += words
        affordable = (
            all(self._articles[i] + words <= budget.article for i, words in articles.items())
            and all(self._hosts[host] + words <= host_limit for host, words in hosts.items())
            and self._spent + hosts.total() <= budget.batch
        )
        if affordable:
            self._articles.update(articles)
            self._hosts.update(hosts)
            self._spent += hosts.total()
        return affordable


def fair_share(wanted: Iterable[int], total: int) -> int:
    """The largest share for which all get what they want, or the share, and no more than `total`.

    Where there is enough for all, it is `total`.
    """
    ascending = sorted(wanted)
    left = total
    for served, want in enumerate(ascending):
        share = left // (len(ascending) - served)
        if want > share:
            return share
        left -= want
    return total


def parts(groups: Iterable[Group], sizes: Sizes, words: int) -> Iterator[list[Group]]:
    """Groups of articles in parts, in order. The articles of a part have at most so many words.

    A part has at least one group. A pair is a group. The parts bound how much text is in memory at
    one time.
    """
    part: list[Group] = []
    held: set[int] = set()
    used = 0
    for group in groups:
        more = _words(set(group) - held, sizes)
        if part and used + more > words:
            yield part
            part, held, used, more = [], set(), 0, _words(group, sizes)
        part.append(group)
        held.update(group)
        used += more
    if part:
        yield part


def _words(article_ids: Iterable[int], sizes: Sizes) -> int:
    return sum(sizes[i][1] for i in article_ids if i in sizes)
