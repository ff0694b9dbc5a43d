"""Build the sample newsroom: the pages and feeds of seven made-up outlets, as static files.

    python build.py [FOLDER]

Reads stories/*.txt (the texts), outlets.toml (the sites), styles.toml (house spellings),
runs.toml (who ran what, how and when) and templates/*.html.  Writes, under FOLDER (by default the
folder of this program), <host>/<path> for every page and feed, feeds.opml, and truth.tsv: what a
pipeline that reads the feeds should find.  The same sources always give the same bytes.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from difflib import SequenceMatcher
from email.utils import format_datetime
from html import escape
from pathlib import Path
from string import Template
from typing import Any

HERE = Path(__file__).resolve().parent
TRACKING = "?utm_source=rss&utm_medium=feed"
EMBED = re.compile(r"\[\[([\w-]+) (\d+)-(\d+)\]\]")
NO_ARTICLE = {"gallery", "empty", "missing"}


@dataclass(frozen=True)
class Story:
    """One text of stories/*.txt: its header and its paragraphs."""

    key: str
    header: dict[str, str]
    paragraphs: list[str]

    @property
    def agency(self) -> str:
        """The wire agency that filed it, or nothing for an outlet's own story."""
        return self.header.get("agency", "")


@dataclass(frozen=True)
class Page:
    """One story as one outlet ran it."""

    story: Story
    outlet: dict[str, Any]
    run: dict[str, Any]
    number: int
    title: str
    paragraphs: list[str]
    links: list[str]

    @property
    def when(self) -> datetime:
        """The time of publication on the outlet's own clock."""
        zone = timezone(timedelta(hours=self.outlet["utc_offset"]))
        return self.run["at"].astimezone(zone)

    @property
    def path(self) -> str:
        """The path of the page on its host."""
        return Template(self.outlet["path"]).substitute(
            y=f"{self.when:%Y}",
            m=f"{self.when:%m}",
            d=f"{self.when:%d}",
            id=self.number,
            slug=self.run["slug"],
            section=self.story.header["section"],
        )

    @property
    def url(self) -> str:
        """The canonical address."""
        return f"http://{self.outlet['host']}{self.path}"

    @property
    def summary(self) -> str:
        """The opening of the story without its dateline, cut at a word."""
        text = self.story.paragraphs[0] if self.story.paragraphs else self.title
        return text if len(text) <= 180 else text[:180].rsplit(" ", 1)[0].rstrip(",") + "…"

    @property
    def byline(self) -> str:
        """Author and agency in the manner of the outlet."""
        form = self.outlet["byline_wire" if self.story.agency else "byline_own"]
        author = self.story.header["author"]
        return Template(form).substitute(
            author=author, AUTHOR=author.upper(), agency=self.story.agency
        )


# ---------------------------------------------------------------- sources


def load_toml(name: str) -> dict[str, Any]:
    """One of the TOML files beside this program."""
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def load_story(file: Path) -> Story:
    """`key: value` lines, then paragraphs, all parted by blank lines."""
    head, *paragraphs = file.read_text(encoding="utf-8").strip().split("\n\n")
    header = dict(line.split(": ", 1) for line in head.splitlines())
    return Story(file.stem, header, [" ".join(p.split()) for p in paragraphs])


def load_pages() -> list[Page]:
    """Every page of runs.toml, with the text that its outlet printed."""
    stories = {file.stem: load_story(file) for file in sorted(HERE.glob("stories/*.txt"))}
    outlets, styles = load_toml("outlets.toml"), load_toml("styles.toml")
    used = dict.fromkeys(outlets, 0)
    pages = []
    for key, runs in load_toml("runs.toml").items():
        for run in runs:
            outlet = outlets[run["outlet"]]
            title, paragraphs, links = edit(stories, key, run, styles)
            number = outlet["first_id"] + used[run["outlet"]]
            used[run["outlet"]] += 3
            paragraphs = sign(stories[key], outlet, paragraphs)
            pages.append(Page(stories[key], outlet, run, number, title, paragraphs, links))
    return pages


# ---------------------------------------------------------------- editing


def edit(
    stories: dict[str, Story], key: str, run: dict[str, Any], styles: dict[str, dict[str, str]]
) -> tuple[str, list[str], list[str]]:
    """Title, paragraphs and linked stories of one run, checked against what it claims to be."""
    story = stories[key]
    wire = story.paragraphs
    title, paragraphs = run.get("title", story.header["title"]), list(wire)
    links = story.header.get("links", "").split()
    match run["how"]:
        case "cut":
            paragraphs = wire[: run["keep"]]
            share = count(paragraphs) / count(wire)
            claim(0.55 <= share < 1, run, f"keeps {share:.0%} of the text")
        case "house-style":
            swaps = [*styles[run["style"]].items(), *map(tuple, run["swap"])]
            paragraphs = [restyle(text, swaps) for text in wire]
            title = restyle(title, swaps)
            share = changed(wire, paragraphs)
            claim(0.02 <= share <= 0.06, run, f"changes {share:.1%} of the words")
        case "local":
            paragraphs.insert(run["local_after"], run["local"])
        case "roundup":
            links = [found[1] for text in wire if (found := EMBED.fullmatch(text))]
            paragraphs = list(embed(wire, stories))
            longest = max(count(stories[link].paragraphs) for link in links)
            share = count(paragraphs) / longest
            claim(share >= 1.6, run, f"is {share:.2f} times its longest wire story")
    return title, paragraphs, links


def embed(paragraphs: list[str], stories: dict[str, Story]) -> Iterator[str]:
    """The paragraphs, with each [[key first-last]] replaced by those of the story."""
    for text in paragraphs:
        if found := EMBED.fullmatch(text):
            quoted = stories[found[1]]
            yield from sign(quoted, {"credit": True}, quoted.paragraphs)[
                int(found[2]) - 1 : int(found[3])
            ]
        else:
            yield text


def sign(story: Story, outlet: dict[str, Any], paragraphs: list[str]) -> list[str]:
    """Add the agency's dateline or signature, where the outlet prints it."""
    if not paragraphs or not outlet["credit"]:
        return paragraphs
    if story.agency == "Meridian Press":
        return [f"{story.header['place']} (MP) — {paragraphs[0]}", *paragraphs[1:]]
    if story.agency == "Norrland Telegraph":
        return [*paragraphs[:-1], f"{paragraphs[-1]} — Norrland Telegraph"]
    return paragraphs


def restyle(text: str, swaps: list[tuple[str, str]]) -> str:
    """Replace whole words and phrases."""
    for old, new in swaps:
        text = re.sub(rf"(?<!\w){re.escape(old)}(?!\w)", new, text)
    return text


def count(paragraphs: list[str]) -> int:
    """The number of words."""
    return sum(len(text.split()) for text in paragraphs)


def changed(old: list[str], new: list[str]) -> float:
    """The share of words that differ, the longer side of each difference counting."""
    a, b = " ".join(old).split(), " ".join(new).split()
    steps = SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
    return sum(max(j - i, m - k) for tag, i, j, k, m in steps if tag != "equal") / len(a)


def claim(true: bool, run: dict[str, Any], what: str) -> None:
    """Stop the build when a run is not what runs.toml calls it."""
    if not true:
        raise SystemExit(f"runs.toml: {run['outlet']}/{run['slug']} ({run['how']}) {what}")


# ---------------------------------------------------------------- pages


def render(page: Page, pages: list[Page]) -> str:
    """The page in the template of its outlet."""
    outlet, own = page.outlet, not page.story.agency and page.run["how"] == "own"
    inserts = {item["after"]: item["html"] for item in outlet["insert"]}
    body = []
    for number, text in enumerate(page.paragraphs, 1):
        body.append(Template(outlet["para"]).substitute(text=escape(text, quote=False)))
        if number in inserts and number < len(page.paragraphs):
            body.append(inserts[number])
    siblings = newest_first(p for p in pages if p.outlet is outlet and p.run["how"] != "missing")
    here = siblings.index(page)
    others = (siblings[here + 1 :] + siblings[:here])[:4]
    values = {
        "title": page.title,
        "byline": page.byline,
        "author": page.story.header["author"],
        "summary": page.summary,
        "section": page.story.header["section"],
        "url": page.url,
        "iso": page.when.isoformat(),
        "when": page.when.strftime(outlet["date"]),
    }
    slots = {name: escape(value) for name, value in values.items()}
    slots["body"] = "\n".join(body)
    slots["bio"] = Template(outlet["bio"]).substitute(slots) if own else ""
    slots["related"] = "\n".join(
        Template(outlet["related"]).substitute(url=p.path, title=escape(p.title)) for p in others
    )
    slots["jsonld"] = json_ld(page)
    name = page.run.get("template", page.run["outlet"])
    template = (HERE / "templates" / f"{name}.html").read_text(encoding="utf-8")
    return Template(template).substitute(slots)


def json_ld(page: Page) -> str:
    """The schema.org description that some templates carry."""
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": page.title,
        "datePublished": page.when.isoformat(),
        "author": {"@type": "Person", "name": page.story.header["author"]},
        "publisher": {"@type": "NewsMediaOrganization", "name": page.outlet["name"]},
        "mainEntityOfPage": page.url,
        "inLanguage": page.outlet["lang"],
    }
    return json.dumps(data, ensure_ascii=False).replace("</", "<\\/")


def newest_first(pages: Iterable[Page]) -> list[Page]:
    """The order of a feed."""
    return sorted(pages, key=lambda page: page.run["at"], reverse=True)


# ---------------------------------------------------------------- feeds


def tag(name: str, text: str, **attributes: str) -> str:
    """One XML element."""
    return f"<{name}{attrs(attributes)}>{escape(text, quote=False)}</{name}>"


def attrs(attributes: dict[str, str]) -> str:
    """XML attributes, each with the space before it."""
    return "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())


def dated(page: Page) -> bool:
    """Whether the feed tells when the page was published."""
    return not page.run.get("undated", False)


def rss(feed: dict[str, Any], outlet: dict[str, Any], pages: list[Page]) -> str:
    """RSS 2.0; a section feed adds tracking parameters to every second link."""
    lines = ['<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">', "<channel>"]
    lines += [tag("title", feed["title"]), tag("link", f"http://{outlet['host']}/")]
    lines += [tag("description", f"News from {outlet['name']}"), tag("language", outlet["lang"])]
    for position, page in enumerate(pages):
        tracked = "section" in feed and position % 2 == 0
        link = page.url + TRACKING if tracked else page.url
        lines += ["<item>", tag("title", page.title), tag("link", link)]
        lines.append(tag("guid", f"{outlet['host']} {page.number}", isPermaLink="false"))
        lines += [tag("dc:creator", page.byline), tag("category", page.story.header["section"])]
        if dated(page):
            lines.append(tag("pubDate", format_datetime(page.when)))
        lines += [tag("description", page.summary), "</item>"]
    return xml([*lines, "</channel>", "</rss>"], feed)


def atom(feed: dict[str, Any], outlet: dict[str, Any], pages: list[Page]) -> str:
    """Atom 1.0, in one outlet with the updated date alone."""
    home = f"http://{outlet['host']}"
    lines = ['<feed xmlns="http://www.w3.org/2005/Atom">', tag("title", feed["title"])]
    lines += [f'<link href="{home}/"/>', f'<link rel="self" href="{home}{feed["path"]}"/>']
    lines += [tag("id", f"{home}/"), tag("updated", pages[0].when.isoformat())]
    for page in pages:
        lines += ["<entry>", tag("title", page.title), f'<link href="{escape(page.url)}"/>']
        lines.append(tag("id", f"tag:{outlet['host']},2026:{page.number}"))
        lines.append(f"<author>{tag('name', page.byline)}</author>")
        if not feed.get("updated_only"):
            lines.append(tag("published", page.when.isoformat()))
        lines.append(tag("updated", page.when.isoformat()))
        lines += [tag("summary", page.summary), "</entry>"]
    return xml([*lines, "</feed>"], feed)


def rdf(feed: dict[str, Any], outlet: dict[str, Any], pages: list[Page]) -> str:
    """RSS 1.0, which is RDF: a channel that lists its items, then the items."""
    home = f"http://{outlet['host']}"
    lines = [
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns="http://purl.org/rss/1.0/">',
        f"<channel{attrs({'rdf:about': home + feed['path']})}>",
        tag("title", feed["title"]),
        tag("link", f"{home}/"),
        tag("description", f"News from {outlet['name']}"),
        "<items><rdf:Seq>",
        *(f"<rdf:li{attrs({'rdf:resource': page.url})}/>" for page in pages),
        "</rdf:Seq></items>",
        "</channel>",
    ]
    for page in pages:
        lines.append(f"<item{attrs({'rdf:about': page.url})}>")
        lines += [tag("title", page.title), tag("link", page.url)]
        lines += [tag("description", page.summary), tag("dc:creator", page.byline)]
        lines += [tag("dc:date", page.when.isoformat()), "</item>"]
    return xml([*lines, "</rdf:RDF>"], feed)


def xml(lines: list[str], feed: dict[str, Any]) -> str:
    """The document with its declaration."""
    return "\n".join([f'<?xml version="1.0" encoding="{encoding(feed)}"?>', *lines, ""])


def encoding(feed: dict[str, Any]) -> str:
    """The character encoding in which a feed is written."""
    return feed.get("encoding", "utf-8")


def json_feed(feed: dict[str, Any], outlet: dict[str, Any], pages: list[Page]) -> str:
    """JSON Feed 1.1."""
    home = f"http://{outlet['host']}"
    items = [
        {
            "id": str(page.number),
            "url": page.url,
            "title": page.title,
            "summary": page.summary,
            "date_published": page.when.isoformat(),
            "authors": [{"name": page.byline}],
            "tags": [page.story.header["section"]],
        }
        for page in pages
    ]
    head = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed["title"],
        "home_page_url": f"{home}/",
        "feed_url": f"{home}{feed['path']}",
        "language": outlet["lang"],
    }
    return json.dumps({**head, "items": items}, ensure_ascii=False, indent=1) + "\n"


FeedWriter = Callable[[dict[str, Any], dict[str, Any], list[Page]], str]
WRITERS: dict[str, FeedWriter] = {"rss": rss, "atom": atom, "rdf": rdf, "json": json_feed}


def opml(outlets: list[dict[str, Any]]) -> str:
    """All feeds, in the folders that outlets.toml names."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>', '<opml version="2.0">']
    lines += ["<head><title>The sample newsroom</title></head>", "<body>"]
    for folder in sorted({outlet["folder"] for outlet in outlets}):
        lines.append(f"<outline{attrs({'text': folder, 'title': folder})}>")
        for outlet in (one for one in outlets if one["folder"] == folder):
            for feed in outlet["feeds"]:
                name = outlet["name"] + (f" ({feed['section']})" if "section" in feed else "")
                home = f"http://{outlet['host']}"
                values = {"type": "rss", "text": name, "title": feed["title"]}
                values |= {"xmlUrl": home + feed["path"], "htmlUrl": f"{home}/"}
                lines.append(f"  <outline{attrs(values)}/>")
        lines.append("</outline>")
    return "\n".join([*lines, "</body>", "</opml>", ""])


# ---------------------------------------------------------------- output


def write(file: Path, text: str, charset: str = "utf-8") -> None:
    """Write the file with plain line ends, making its folders."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode(charset, errors="xmlcharrefreplace"))


def truth(pages: list[Page]) -> str:
    """One row for each page: its address, story, treatment, title and linked stories."""
    rows = [("url", "story", "treatment", "title", "links")]
    rows += [
        (page.url, page.story.key, page.run["how"], page.title, " ".join(page.links))
        for page in pages
    ]
    return "".join("\t".join(row) + "\n" for row in rows)


def build(out: Path) -> None:
    """Write everything into the folder, replacing the hosts' folders that are there."""
    pages = load_pages()
    outlets = list(load_toml("outlets.toml").values())
    for outlet in outlets:
        site = out / outlet["host"]
        shutil.rmtree(site, ignore_errors=True)
        mine = newest_first(page for page in pages if page.outlet["host"] == outlet["host"])
        for feed in outlet["feeds"]:
            wanted = feed.get("section")
            listed = [p for p in mine if wanted in (None, p.story.header["section"])]
            text = WRITERS[feed["kind"]](feed, outlet, listed)
            write(site / feed["path"].lstrip("/"), text, encoding(feed))
    for page in pages:
        if page.run["how"] != "missing":
            path = page.path.lstrip("/").removesuffix(".html") + ".html"
            write(out / page.outlet["host"] / path, render(page, pages))
    write(out / "feeds.opml", opml(outlets))
    write(out / "truth.tsv", truth(pages))


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
