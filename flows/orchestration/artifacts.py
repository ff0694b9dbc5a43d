"""Reports of a run in Prefect's UI: its figures, and the largest stories."""

from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact

from storage.answers import RunSummary, StorySummary
from storage.reading import Reader


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
        *(f"| {outcome} | {number} |" for outcome, number in summary.feeds.items()),
        "",
        "| entries | number |",
        "|---|---:|",
        *(f"| {outcome} | {number} |" for outcome, number in summary.entries.items()),
        f"| **all** | **{summary.read}** |",
    ]
    return "\n".join(lines)


def _row(story: StorySummary) -> dict[str, str | int]:
    return {
        "story": story.story_id,
        "title": story.title,
        "first": story.original_outlet,
        "appeared": f"{story.appeared:%Y-%m-%d %H:%M}",
        "articles": story.articles,
        "outlets": ", ".join(story.outlets),
    }
