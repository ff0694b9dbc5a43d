"""What a robots.txt may do to us, beside a feed that is innocent."""

from support.hostile_behaviour import ALL, THREE, TYPE, Behaviour, head, whole

from ingest.model import Outcome


def rules(*lines):
    return whole(200, "\n".join(["User-agent: *", *lines]).encode(), "Content-Type: text/plain")


def bombs_of_rules():
    """A robots.txt each, by name."""
    yield (
        "robots_of_wildcards",
        lambda _: iter([rules(*(f"Allow: /*zz{n}" for n in range(30_000)))]),
    )
    yield "robots_of_repeats", lambda _: iter([rules(*[f"Allow: /*{'a' * 25}b{'a' * 25}"] * 9_000)])
    yield "robots_of_one_long_rule", lambda _: iter([rules("Disallow: /" + "*ab" * 150_000)])
    yield (
        "robots_of_agents",
        lambda _: iter([rules(*["User-agent: a"] * 9_000, *["Allow: /a"] * 9_000)]),
    )
    yield "robots_of_dollars", lambda _: iter([rules(*["Disallow: /$a$" + "$" * 50] * 8_000)])
    yield "robots_of_escapes", lambda _: iter([rules(*["Disallow: /*%zz%41%"] * 25_000)])
    yield "robots_without_end", endless_rules
    yield "robots_in_a_loop", lambda _: iter([whole(302, b"", "Location: /robots.txt")])


def endless_rules(_):
    yield head(200, "Content-Type: text/plain")
    while True:
        yield b"Disallow: /*z\n" * 1000


for _name, _robots in bombs_of_rules():
    ALL.append(
        Behaviour(
            name=_name,
            outcome=Outcome.READ,
            entries=3,
            answer=lambda _: iter([whole(200, THREE, TYPE)]),
            robots=_robots,
        )
    )
