"""Reports of a run in Prefect's UI: its figures, and the largest stories.

The UI renders Markdown, in the cells of tables too. It loads every image and follows every link in
it, so a stranger's text is escaped: it is shown as it was written and is never markup.
"""

import re

from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact

from ingest.values import clean_text
from storage.answers import RunSummary, StorySummary
from storage.reading import Reader

#: What begins markup anywhere in a line of Markdown, and what makes an address a link without any:
#: the `:` of `https://`, the `.` of `www.` and the `@` of a mail address.
MARKUP = re.compile(r"[\\`*_~\[\]<>&|#@]|:(?=/)|(?<=www)\.", re.IGNORECASE)
#: What makes a line a list, a rule or the underline of a heading, where it stands at the beginning.
BEGINNING = re.compile(r"^(\d*)([-+=.)])")


def as_text(written: str) -> str:
    """Markdown that shows exactly a stranger's text, on one line, with no markup and no link.

    Other punctuation stays as it is, because Prefect's newer UI shows cells as plain text.
    """
    return BEGINNING.sub(r"\1\\\2", MARKUP.sub(r"\\\g<0>", clean_text(written)))


async def publish(reader: Reader, run_id: int) -> RunSummary:
    """Stores the run's figures and its stories as Prefect artifacts. Returns the figures."""
    summary = reader.run_summary(run_id)
    await acreate_markdown_artifact(
        key="copydesk-run", markdown=_markdown(summary), description=f"Run {run_id} in figures"
    )
    await acreate_table_artifact(
        key="copydesk-stories",
        table=[_row(story) for story in reader.largest_stories(50, run_id)],
        description=f"The largest stories that run {run_id} added to",
    )
    return summary


def _markdown(summary: RunSummary) -> str:
    lines = [
        f"**{summary.articles}** new articles, **{summary.folded}** stories with copies, "
        f"in {summary.total_seconds:.1f} s.",
        "",
        "| feeds | number |",
        "|---|---:|",
        *(f"| {as_text(outcome)} | {number} |" for outcome, number in summary.feeds.items()),
        "",
        "| entries | number |",
        "|---|---:|",
        *(f"| {as_text(outcome)} | {number} |" for outcome, number in summary.entries.items()),
        f"| **all** | **{summary.read}** |",
    ]
    return "\n".join(lines)


def _row(story: StorySummary) -> dict[str, str | int]:
    return {
        "story": story.story_id,
        "title": as_text(story.title),
        "first": as_text(story.original_outlet),
        "appeared": f"{story.appeared:%Y-%m-%d %H:%M}",
        "articles": story.articles,
        "outlets": as_text(", ".join(story.outlets)),
    }
