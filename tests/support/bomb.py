"""A compare bomb: large pages that share their sentences, in other orders and again and again."""

import numpy as np
from support.builders import ago, article

#: Pages of so many sentences of twelve words are some 2.8 MB large.
SENTENCES = 27_000
#: Each page repeats each sentence this often, so that each place has many partners in the others.
REPEATED = 16
WORDS_A_SENTENCE = 12


def bomb(pages, *, sentences=SENTENCES, host="bomb", hosts=1, seed=1):
    """So many articles made of the same sentences, from `hosts` hosts in turn."""
    chance = np.random.default_rng(seed)
    pool = [_sentence(seed, number) for number in range(sentences // REPEATED)]
    return [
        article(
            f"https://{host}{number % hosts}.example/{seed}/{number}",
            text="\n".join(
                pool[one] for _ in range(REPEATED) for one in chance.permutation(len(pool))
            ),
            published=ago(minutes=number),
            first_seen=ago(minutes=number),
        )
        for number in range(pages)
    ]


def _sentence(seed, number):
    return " ".join(f"v{seed}w{number * WORDS_A_SENTENCE + n}" for n in range(WORDS_A_SENTENCE))
